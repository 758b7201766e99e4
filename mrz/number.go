package mrz

import "strings"

// NumberForm says how a document number is written, and which of the two
// conventions for the check digit of a long one was used.
type NumberForm uint8

// The forms of a document number.
const (
	// NumberPlain is a number that fits its cells, followed by its digit.
	NumberPlain NumberForm = iota

	// NumberLong is a number of more than nine characters that runs on in the
	// optional data, its digit computed without the filler between the parts
	// (ICAO 9303-5, 4.2.4). A digit that fits both ways is taken for this.
	NumberLong

	// NumberLongFiller is a long number whose digit was computed with that
	// filler counted in, as cards of Belgium and Portugal have it.
	NumberLongFiller
)

// number is a document number and what follows it.
type number struct {
	head, tail string // the tail of a long number, without its digit
	rest       string // the optional data after it
	form       NumberForm
	check      Check
}

// readNumber reads the number and the optional data, which a long number
// enters. Where a filler stands for the check digit of a full number, the
// optional data begin with the rest of the number and its digit. A rest of one
// character would be a digit alone, after a number that is not long: that is
// no form of either convention, and the digit counts as missing.
func readNumber(l *layout, lines []string) number {
	head, digit := l.at[FieldDocumentNumber].of(lines), l.at[digitNumber].of(lines)
	n := number{head: head, rest: l.at[FieldOptional1].of(lines)}
	full := head[len(head)-1] != '<'
	run := runLength(n.rest)
	if !l.longNumbers || digit != "<" || !full || run < 2 {
		n.check = ownDigit(head, digit)
		return n
	}
	n.tail, digit, n.rest = n.rest[:run-1], n.rest[run-1:run], n.rest[run:]
	n.form, n.check = NumberLong, Failed
	sum := weigh(head, 0)
	without, with := weigh(n.tail, len(head)%weights), weigh(n.tail, (len(head)+1)%weights)
	switch {
	case sum < 0 || without < 0:
	case fits(sum+without, digit[0]):
		n.check = Holds
	case fits(sum+with, digit[0]):
		n.check, n.form = Holds, NumberLongFiller
	}
	return n
}

// runLength counts the characters before the first filler.
func runLength(s string) int {
	if i := strings.IndexByte(s, '<'); i >= 0 {
		return i
	}
	return len(s)
}
