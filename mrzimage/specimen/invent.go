package specimen

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"mrzbot/mrz"
)

// kinds are the documents that are no cards, by the name of their format.
var kinds = map[string]struct {
	format mrz.Format
	code   string
}{
	"TD2":  {mrz.TD2, "I"},
	"TD3":  {mrz.TD3, "P"},
	"MRVA": {mrz.MRVA, "V"},
	"MRVB": {mrz.MRVB, "V"},
}

// Invent gives the lines of an invented document with right check digits. The
// format is TD1 (like a Kyrgyz card), TD2, TD3, MRVA, MRVB or the name of an odd
// document; any other gives TD1. The same seed gives the same lines.
func Invent(format string, seed uint64) []string {
	r := rand.New(rand.NewPCG(seed, 78))
	if lines, ok := odd[format]; ok {
		return lines(r)
	}
	f := invented(r)
	kind, ok := kinds[format]
	if !ok {
		f.DocumentCode, f.IssuingState, f.Nationality = "ID", "KGZ", "KGZ"
		return render(f, mrz.TD1)
	}
	f.DocumentCode, f.IssuingState, f.Nationality = kind.code, "UTO", "UTO"
	if kind.format != mrz.TD3 {
		f.PersonalNumber = "" // the others have no room for it
	}
	return render(f, kind.format)
}

// render writes the fields. What is invented here fits every format, so an
// error is a slip in this file.
func render(f mrz.Fields, format mrz.Format) []string {
	lines, err := mrz.Render(f, format)
	if err != nil {
		panic("specimen: an invented document does not fit: " + err.Error())
	}
	return lines
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// invented is a person with a document of no state yet.
func invented(r *rand.Rand) mrz.Fields {
	var f mrz.Fields
	f.DocumentNumber = string(letters[r.IntN(26)]) + string(letters[r.IntN(26)]) + digits(r, 7)
	year, month, day := r.IntN(100), 1+r.IntN(12), 1+r.IntN(28)
	f.BirthDate = fmt.Sprintf("19%02d-%02d-%02d", year, month, day)
	f.ExpiryDate = fmt.Sprintf("20%02d-%02d-%02d", 26+r.IntN(10), 1+r.IntN(12), 1+r.IntN(28))
	// A Kyrgyz personal number begins with the sex and the birth date.
	sex := r.IntN(2)
	f.Sex = []string{"F", "M"}[sex]
	f.Surname, f.GivenNames = name(r), name(r)
	if r.IntN(3) == 0 {
		f.GivenNames += " " + name(r)
	}
	f.PersonalNumber = fmt.Sprintf("%d%02d%02d19%02d%s", sex+1, day, month, year, digits(r, 5))
	return f
}

// name is a made-up name of two to four syllables.
func name(r *rand.Rand) string {
	const consonants, vowels = "BCDFGHJKLMNPQRSTVWXYZ", "AEIOU"
	var b strings.Builder
	for range 2 + r.IntN(3) {
		b.WriteByte(consonants[r.IntN(len(consonants))])
		b.WriteByte(vowels[r.IntN(len(vowels))])
	}
	return b.String()
}

func digits(r *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + r.IntN(10))
	}
	return string(b)
}
