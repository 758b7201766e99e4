package decide

import (
	"slices"
	"strings"

	"mrzbot/mrz"
)

// Formats of an MRZ, by the names of ICAO 9303.
const (
	FormatTD1  = "TD1"  // three lines of 30: cards
	FormatTD2  = "TD2"  // two lines of 36: larger cards
	FormatTD3  = "TD3"  // two lines of 44: passports
	FormatMRVA = "MRVA" // two lines of 44: visas
	FormatMRVB = "MRVB" // two lines of 36: small visas
)

// shape is a format as the search for the likeliest text needs it. What belongs
// in a cell and whether an MRZ holds is for package mrz to say; what is here is
// which cells a check digit ties together, so that the digit can choose between
// their likely characters.
type shape struct {
	format mrz.Format
	name   string // of the format in a Result
	prefix string // an MRZ that begins so, and only so, has this shape
	// alphabet is what belongs in a cell; nil: what the format says.
	alphabet func(line, column int) mrz.Class
	classes  [][]mrz.Class
	checks   []check // in the order of the cells, the document number's first
	whole    *check  // the composite check digit
	states   []span  // codes of states
	covered  [][]bool
}

// span is a stretch of cells of one row, from inclusive, to exclusive.
type span struct{ row, from, to int }

// check is a check digit: the cells it covers and where it stands.
type check struct {
	covers []span
	digit  span
}

func checked(row, from, to int) check {
	return check{covers: []span{{row, from, to}}, digit: span{row, to, to + 1}}
}

// shapes are all formats, the special before the general. The places are those
// of ICAO 9303-4 (TD3), -5 (TD1), -6 (TD2) and -7 (visas), 4.2 of each; a test
// holds them against package mrz.
var shapes = derived([]shape{
	card(shape{prefix: kyrgyz, alphabet: withPIN}),
	card(shape{}),
	{
		format: mrz.IDFRA, name: FormatTD2, prefix: "IDFRA",
		states: []span{{0, 2, 5}},
		checks: []check{checked(1, 0, 12), checked(1, 27, 33)},
		whole:  &check{covers: []span{{0, 0, 36}, {1, 0, 35}}, digit: span{1, 35, 36}},
	},
	{
		format: mrz.MRVB, name: FormatMRVB, prefix: "V",
		states: []span{{0, 2, 5}, {1, 10, 13}},
		checks: []check{checked(1, 0, 9), checked(1, 13, 19), checked(1, 21, 27)},
	},
	{
		format: mrz.TD2, name: FormatTD2,
		states: []span{{0, 2, 5}, {1, 10, 13}},
		checks: []check{checked(1, 0, 9), checked(1, 13, 19), checked(1, 21, 27)},
		whole:  &check{covers: []span{{1, 0, 10}, {1, 13, 20}, {1, 21, 35}}, digit: span{1, 35, 36}},
	},
	{
		format: mrz.MRVA, name: FormatMRVA, prefix: "V",
		states: []span{{0, 2, 5}, {1, 10, 13}},
		checks: []check{checked(1, 0, 9), checked(1, 13, 19), checked(1, 21, 27)},
	},
	{
		format: mrz.TD3, name: FormatTD3,
		states: []span{{0, 2, 5}, {1, 10, 13}},
		checks: []check{checked(1, 0, 9), checked(1, 13, 19), checked(1, 21, 27), checked(1, 28, 42)},
		whole:  &check{covers: []span{{1, 0, 10}, {1, 13, 20}, {1, 21, 43}}, digit: span{1, 43, 44}},
	},
})

// kyrgyz is how the MRZ of a Kyrgyz card begins; kyrgyzBefore how some readers
// know it.
const (
	kyrgyz       = "IDKGZ"
	kyrgyzBefore = "I<KGZ"
)

// withPIN is the alphabet of the Kyrgyz card: its personal number is digits, in the
// optional data of the first line or of the second, or not there. No check digit but
// the composite one covers it, and that does not tell three 0 from three O. In the
// document number only a check digit decides.
func withPIN(line, column int) mrz.Class {
	switch {
	case line == 1 && column >= 16:
		return mrz.Kyrgyz(line, column) | mrz.Filler
	case line == 2 && column >= 19 && column <= 29:
		return mrz.Digits | mrz.Filler
	}
	return mrz.TD1.Alphabet(line, column)
}

// card adds what every TD1 document has.
func card(s shape) shape {
	s.format, s.name = mrz.TD1, FormatTD1
	s.states = []span{{0, 2, 5}, {1, 15, 18}}
	s.checks = []check{checked(0, 5, 14), checked(1, 0, 6), checked(1, 8, 14)}
	s.whole = &check{covers: []span{{0, 5, 30}, {1, 0, 7}, {1, 8, 15}, {1, 18, 29}}, digit: span{1, 29, 30}}
	return s
}

// derived adds what follows from the format and the check digits.
func derived(shapes []shape) []shape {
	for i := range shapes {
		s := &shapes[i]
		if s.alphabet == nil {
			s.alphabet = s.format.Alphabet
		}
		for row := range s.format.Lines() {
			classes := make([]mrz.Class, s.format.Length())
			for col := range classes {
				classes[col] = s.alphabet(row+1, col+1)
			}
			s.classes = append(s.classes, classes)
			s.covered = append(s.covered, make([]bool, len(classes)))
		}
		all := slices.Clone(s.checks)
		if s.whole != nil {
			all = append(all, *s.whole)
		}
		for _, c := range all {
			for _, sp := range append(slices.Clone(c.covers), c.digit) {
				for col := sp.from; col < sp.to; col++ {
					s.covered[sp.row][col] = true
				}
			}
		}
	}
	return shapes
}

// shapesFor gives the shapes of an MRZ's size.
func shapesFor(rows, columns int) []*shape {
	var out []*shape
	for i := range shapes {
		if s := &shapes[i]; s.format.Lines() == rows && s.format.Length() == columns {
			out = append(out, s)
		}
	}
	return out
}

// begins reports whether lines begin as the shape's do.
func (s *shape) begins(lines [][]byte) bool {
	return strings.HasPrefix(string(lines[0]), s.prefix)
}

// holds reports whether a text is a valid MRZ.
func (s *shape) holds(lines [][]byte) bool {
	text := make([]string, len(lines))
	for i, line := range lines {
		text[i] = string(line)
	}
	return s.format.Holds(text)
}

// ties are the check digits that must hold for themselves. A document number
// that goes on in the optional data has none in the usual place (ICAO 9303-5,
// 4.2.2.2, note j).
func (s *shape) ties(lines [][]byte) []check {
	at := s.checks[0].digit
	if lines[at.row][at.from] == '<' && s.classes[at.row][at.from].Has('<') {
		return s.checks[1:]
	}
	return s.checks
}

// AnyCharacter is the class of cells that hold what they like.
const AnyCharacter = mrz.Digits | mrz.Letters | mrz.Filler
