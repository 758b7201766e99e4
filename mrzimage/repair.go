package mrzimage

import (
	"math"
	"slices"

	"mrzbot/mrzimage/internal/network"
)

// repair makes the check digits hold, all together when that is likely, else
// each of those that have a field of their own.
func (r *reading) repair() {
	if r.solve(r.shape.steps(r.lines), mostCost) {
		return
	}
	for _, c := range r.shape.checks {
		if !c.holds(r.lines) {
			r.solve(c.steps(), mostCostAlone)
		}
	}
}

// step is one cell of a solution: what it weighs under the check digit of its
// field and under the composite one. A field ends with its check digit.
type step struct {
	row, col   int
	own, whole int
	endField   bool
}

// steps are the cells of one check digit.
func (c check) steps() []step {
	var out []step
	for _, s := range c.covers {
		for col := s.from; col < s.to; col++ {
			out = append(out, step{row: s.row, col: col, own: weightOf(len(out))})
		}
	}
	return append(out, step{row: c.digit.row, col: c.digit.from, own: 9, endField: true})
}

// steps are the cells of all check digits in the order of the composite one. A
// document number that goes on in the optional data has no digit of its own at
// the usual place.
func (s shape) steps(lines [][]byte) []step {
	own := map[[2]int]step{}
	for i, c := range s.checks {
		if s.format == FormatTD1 && i == 0 && lines[0][14] == '<' {
			continue
		}
		for _, st := range c.steps() {
			own[[2]int{st.row, st.col}] = st
		}
	}
	var out []step
	if s.whole == nil {
		for _, c := range s.checks {
			out = append(out, c.steps()...)
		}
		return out
	}
	for _, sp := range s.whole.covers {
		for col := sp.from; col < sp.to; col++ {
			st := own[[2]int{sp.row, col}]
			st.row, st.col, st.whole = sp.row, col, weightOf(len(out))
			out = append(out, st)
		}
	}
	return append(out, step{row: s.whole.digit.row, col: s.whole.digit.from, whole: 9})
}

// solve finds the likeliest characters under which all sums are 0 modulo 10,
// and takes them when they cost little against what was believed. It walks the
// cells with both sums as the state, 100 of them.
func (r *reading) solve(steps []step, most float64) bool {
	const states = 100
	type choice struct {
		from byte
		char byte
	}
	none := math.Inf(-1)
	score := [states]float64{}
	for i := range score {
		score[i] = none
	}
	score[0] = 0
	trail := make([][states]choice, len(steps))
	believed := 0.0
	for i, st := range steps {
		l := &r.cells[st.row][st.col]
		believed += float64(l[indexOf(r.lines[st.row][st.col])])
		var next [states]float64
		for k := range next {
			next[k] = none
		}
		for _, c := range candidates(l, r.shape.cells[st.row][st.col], r.lines[st.row][st.col]) {
			gain, value := float64(l[indexOf(c)]), valueOf(c)
			for from, sum := range score {
				if sum == none {
					continue
				}
				own, whole := (from/10+st.own*value)%10, (from%10+st.whole*value)%10
				if st.endField && own != 0 {
					continue
				}
				if to := own*10 + whole; sum+gain > next[to] {
					next[to] = sum + gain
					trail[i][to] = choice{byte(from), c}
				}
			}
		}
		score = next
	}
	if score[0] == none || believed-score[0] > most {
		return false
	}
	at := 0
	for i, st := range slices.Backward(steps) {
		r.lines[st.row][st.col] = trail[i][at].char
		at = int(trail[i][at].from)
	}
	return true
}

// candidates are the characters worth weighing for a cell, what is believed
// among them.
func candidates(l *logs, class, believed byte) []byte {
	var out []byte
	top := l[indexOf(believed)]
	for i := range network.NotGlyph {
		c := network.Alphabet[i]
		if c == believed || allowed(class, c) && l[i] > top-candidatesWithin {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b byte) int {
		switch {
		case a == believed:
			return -1
		case b == believed:
			return 1
		case l[indexOf(a)] > l[indexOf(b)]:
			return -1
		}
		return 1
	})
	return out[:min(mostCandidates, len(out))]
}
