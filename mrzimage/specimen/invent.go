package specimen

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Invent gives the lines of an invented document with right check digits. The
// format is TD1 (like a Kyrgyz card), TD2, TD3, MRVA or MRVB; any other gives
// TD1. The same seed gives the same lines.
func Invent(format string, seed uint64) []string {
	r := rand.New(rand.NewPCG(seed, 78))
	p := person{
		number: string(letters[r.IntN(26)]) + string(letters[r.IntN(26)]) + digits(r, 7),
		birth:  fmt.Sprintf("%02d%02d%02d", r.IntN(100), 1+r.IntN(12), 1+r.IntN(28)),
		expiry: fmt.Sprintf("%02d%02d%02d", 26+r.IntN(10), 1+r.IntN(12), 1+r.IntN(28)),
		sex:    []string{"F", "M"}[r.IntN(2)],
		names:  name(r) + "<<" + name(r),
	}
	if r.IntN(3) == 0 {
		p.names += "<" + name(r)
	}
	p.personal = strings.NewReplacer("F", "1", "M", "2").Replace(p.sex) + p.birth[4:6] + p.birth[2:4] + "19" + p.birth[:2] + digits(r, 5)
	switch format {
	case "TD2":
		return p.twoLines("I<", 36, "", true)
	case "TD3":
		return p.twoLines("P<", 44, p.personal, true)
	case "MRVA":
		return p.twoLines("V<", 44, "", false)
	case "MRVB":
		return p.twoLines("V<", 36, "", false)
	}
	return p.card()
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

type person struct{ number, birth, expiry, sex, names, personal string }

func (p person) card() []string {
	first := p.number + digit(p.number) + fill(p.personal, 15)
	dates := p.birth + digit(p.birth) + p.sex + p.expiry + digit(p.expiry)
	covered := first + dates[:7] + dates[8:] + fill("", 11)
	return []string{
		"IDKGZ" + first,
		dates + "KGZ" + fill("", 11) + digit(covered),
		fill(p.names, 30),
	}
}

func (p person) twoLines(code string, columns int, optional string, composite bool) []string {
	head := p.number + digit(p.number)
	birth, expiry := p.birth+digit(p.birth), p.expiry+digit(p.expiry)
	second := head + "UTO" + birth + p.sex + expiry
	rest := columns - len(second)
	if composite {
		tail := fill("", rest-1)
		if optional != "" {
			tail = fill(optional, rest-2) + digit(fill(optional, rest-2))
		}
		second += tail + digit(head+birth+expiry+tail)
	}
	return []string{fill(code+"UTO"+p.names, columns), fill(second, columns)}
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

// fill brings a text to a length with fillers, or cuts it.
func fill(s string, n int) string {
	return (s + strings.Repeat("<", n))[:n]
}

// digit is the check digit of a text (ICAO 9303-3, 4.9).
func digit(s string) string {
	sum := 0
	for i, c := range s {
		value := 0
		switch {
		case c >= '0' && c <= '9':
			value = int(c - '0')
		case c >= 'A' && c <= 'Z':
			value = int(c-'A') + 10
		}
		sum += value * [3]int{7, 3, 1}[i%3]
	}
	return string(rune('0' + sum%10))
}
