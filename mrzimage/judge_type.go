package mrzimage

import (
	"slices"

	"mrzbot/mrzimage/internal/network"
)

// Receipts, tables of numbers and the like have even rows of digits, too. What
// tells them is their type: where print is sharp, the network is sure of nearly
// every character of an MRZ, whatever lies over the others, and of half of those of
// another type. Of 40 MRZ that were hard to read it was sure of 0.91 and more, of 17
// receipts and tables of 0.54 at most.
const (
	clearCell  = -0.1 // log-probability of a character that it is sure of
	leastClear = 0.75 // of the characters of an MRZ that is sharply printed
	sharpEdge  = 0.15 // of a cell, that an edge is spread over at most
)

// foreign reports whether a candidate is clearly seen to be other print: sharp, of
// another type, and with characters where they cannot be.
func (s *search) foreign(c *candidate) bool {
	r := &c.reading
	if r.shape == nil || r.valid || r.strange == 0 {
		return false
	}
	seen, sure := 0, 0
	for row, line := range c.cells {
		for col := range line {
			if r.isBlind(row, col) {
				continue
			}
			seen++
			if slices.Max(line[col][:network.NotGlyph]) > clearCell {
				sure++
			}
		}
	}
	if float64(sure) >= leastClear*float64(seen) {
		return false
	}
	j := s.judgeRows(c.rows)
	return j.Sharpness > 0 && j.edge() < sharpEdge
}
