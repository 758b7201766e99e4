package mrzimage

import "strings"

// shape is what the reader knows of a format: how many cells there are, which
// characters each may hold, and which cells a check digit protects. Sources:
// ICAO 9303-4 (TD3), -5 (TD1), -6 (TD2), -7 (visas), 4.2 of each; the French
// card of 1988 has its own use of 36 columns.
type shape struct {
	format string
	prefix string   // a zone that begins so, and only so, has this shape
	cells  []string // a class for each cell of each row
	checks []check  // in the order of the cells
	whole  *check   // the composite check digit
}

// Classes of cells.
const (
	classAny    = '*' // A-Z 0-9 <
	classLetter = 'A' // A-Z <
	classNumber = 'N' // 0-9 <
	classDigit  = '#' // 0-9
	classSex    = 'S' // M F X <
)

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

// shapes are all formats, the special before the general.
var shapes = []shape{
	{
		format: FormatTD1,
		cells: []string{
			"AAAAA" + "*********N" + strings.Repeat("*", 15),
			"NNNNNN#S" + "NNNNNN#" + "AAA" + strings.Repeat("*", 11) + "#",
			strings.Repeat("A", 30),
		},
		checks: []check{checked(0, 5, 14), checked(1, 0, 6), checked(1, 8, 14)},
		whole:  &check{covers: []span{{0, 5, 30}, {1, 0, 7}, {1, 8, 15}, {1, 18, 29}}, digit: span{1, 29, 30}},
	},
	{
		format: FormatTD2, prefix: "IDFRA",
		cells: []string{
			strings.Repeat("A", 30) + "******",
			"************#" + strings.Repeat("A", 14) + "NNNNNN#S#",
		},
		checks: []check{checked(1, 0, 12), checked(1, 27, 33)},
		whole:  &check{covers: []span{{0, 0, 36}, {1, 0, 35}}, digit: span{1, 35, 36}},
	},
	{
		format: FormatMRVB, prefix: "V",
		cells: []string{
			strings.Repeat("A", 36),
			"*********#AAANNNNNN#SNNNNNN#" + strings.Repeat("*", 8),
		},
		checks: []check{checked(1, 0, 9), checked(1, 13, 19), checked(1, 21, 27)},
	},
	{
		format: FormatTD2,
		cells: []string{
			strings.Repeat("A", 36),
			"*********NAAANNNNNN#SNNNNNN#" + "*******#",
		},
		checks: []check{checked(1, 0, 9), checked(1, 13, 19), checked(1, 21, 27)},
		whole:  &check{covers: []span{{1, 0, 10}, {1, 13, 20}, {1, 21, 35}}, digit: span{1, 35, 36}},
	},
	{
		format: FormatMRVA, prefix: "V",
		cells: []string{
			strings.Repeat("A", 44),
			"*********#AAANNNNNN#SNNNNNN#" + strings.Repeat("*", 16),
		},
		checks: []check{checked(1, 0, 9), checked(1, 13, 19), checked(1, 21, 27)},
	},
	{
		format: FormatTD3,
		cells: []string{
			strings.Repeat("A", 44),
			"*********#AAANNNNNN#SNNNNNN#" + strings.Repeat("*", 14) + "N#",
		},
		checks: []check{checked(1, 0, 9), checked(1, 13, 19), checked(1, 21, 27), checked(1, 28, 42)},
		whole:  &check{covers: []span{{1, 0, 10}, {1, 13, 20}, {1, 21, 43}}, digit: span{1, 43, 44}},
	},
}

// shapesFor gives the shapes of a zone's size.
func shapesFor(rows, columns int) []shape {
	var out []shape
	for _, s := range shapes {
		if len(s.cells) == rows && len(s.cells[0]) == columns {
			out = append(out, s)
		}
	}
	return out
}

// allowed reports whether a class holds a character.
func allowed(class, c byte) bool {
	digit := c >= '0' && c <= '9'
	switch class {
	case classLetter:
		return !digit
	case classNumber:
		return digit || c == '<'
	case classDigit:
		return digit
	case classSex:
		return c == 'M' || c == 'F' || c == 'X' || c == '<'
	}
	return true
}

// weightOf is the weight of the i-th character under a check digit (ICAO
// 9303-3, 4.9).
func weightOf(i int) int { return [3]int{7, 3, 1}[i%3] }

// valueOf is a character's value under a check digit.
func valueOf(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'Z':
		return int(c-'A') + 10
	}
	return 0
}

// holds reports whether a check digit is right. A filler in its place stands
// for 0, which is right only where nothing is covered (ICAO 9303-4, 4.2.2.2).
func (c check) holds(lines [][]byte) bool {
	sum, i, empty := 0, 0, true
	for _, s := range c.covers {
		for _, b := range lines[s.row][s.from:s.to] {
			sum += weightOf(i) * valueOf(b)
			empty = empty && b == '<'
			i++
		}
	}
	digit := lines[c.digit.row][c.digit.from]
	if digit == '<' {
		return empty
	}
	return digit >= '0' && digit <= '9' && sum%10 == int(digit-'0')
}

// longNumberHolds checks a document number of more than nine characters on a
// TD1 card (ICAO 9303-5, 4.2.2.2, note j): its rest and check digit follow in
// the optional data. Both readings of the rule are in use: with and without
// the filler that stands in the check digit's place.
func longNumberHolds(line []byte) bool {
	if line[14] != '<' {
		return false
	}
	end := 15
	for end < len(line) && line[end] != '<' {
		end++
	}
	if end < 17 {
		return false
	}
	digit := line[end-1]
	for _, text := range []string{
		string(line[5:14]) + string(line[15:end-1]),
		string(line[5 : end-1]),
	} {
		sum := 0
		for i := range len(text) {
			sum += weightOf(i) * valueOf(text[i])
		}
		if digit >= '0' && digit <= '9' && sum%10 == int(digit-'0') {
			return true
		}
	}
	return false
}

// valid reports whether all check digits of a zone hold.
func (s shape) valid(lines [][]byte) bool {
	for i, c := range s.checks {
		long := s.format == FormatTD1 && i == 0 && longNumberHolds(lines[0])
		if !c.holds(lines) && !long {
			return false
		}
	}
	return s.whole == nil || s.whole.holds(lines)
}
