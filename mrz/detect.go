package mrz

import (
	"strings"
	"unicode/utf8"
)

// detect finds the format of lines, one byte for each character, by their
// number, their length and what stands at their start.
func detect(lines []string) Format {
	if len(lines) < 2 || len(lines) > maxLines {
		return Unknown
	}
	length := len(lines[0])
	for _, line := range lines[1:] {
		if len(line) != length {
			return Unknown
		}
	}
	switch {
	case len(lines) == layouts[TD1].lines && length == layouts[TD1].length:
		return TD1
	case len(lines) == layouts[TD3].lines && length == layouts[TD3].length:
		if lines[0][0] == 'V' {
			return MRVA
		}
		return TD3
	case len(lines) == layouts[TD2].lines && length == layouts[TD2].length:
		return detectTD2(lines)
	}
	return Unknown
}

// frenchCard begins a French card of the old kind, and nothing else.
const frenchCard = "IDFRA"

// detectTD2 tells the three formats of two lines of 36 apart. France's cards
// say IDFRA; lines that do and yet prove themselves in ICAO's layout only are
// of that one.
func detectTD2(lines []string) Format {
	switch {
	case lines[0][0] == 'V':
		return MRVB
	case !strings.HasPrefix(lines[0], frenchCard):
		return TD2
	case !IDFRA.Holds(lines) && TD2.Holds(lines):
		return TD2
	}
	return IDFRA
}

// singleBytes gives each character of a line one byte, so that columns can be
// counted: what is not ASCII becomes the unreadable mark. The line is clean if
// every character is in the alphabet.
func singleBytes(line string) (cells string, clean bool) {
	if inAlphabet(line) {
		return line, true
	}
	return strings.Map(func(r rune) rune {
		if r >= utf8.RuneSelf {
			return unreadable
		}
		return r
	}, line), false
}

// shapeProblem says what is wrong with the shape, and where, if the lines are
// close enough to a format to tell.
func shapeProblem(lines []string) Problem {
	want := 0
	switch len(lines) {
	case layouts[TD1].lines:
		want = layouts[TD1].length
	case layouts[TD2].lines:
		want = layouts[TD2].length
		// Halfway between the two lengths decides which was meant.
		if 2*utf8.RuneCountInString(lines[0]) >= layouts[TD2].length+layouts[TD3].length {
			want = layouts[TD3].length
		}
	}
	if want > 0 {
		for i, line := range lines {
			if n := utf8.RuneCountInString(line); n != want {
				return lengthProblem(i+1, n, want)
			}
		}
	}
	return problem(CodeShape, 0, 0)
}
