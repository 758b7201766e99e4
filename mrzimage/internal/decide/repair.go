package decide

import (
	"math"
	"slices"
	"strings"

	"mrzbot/mrz"
	"mrzbot/mrzimage/internal/network"
)

// repair makes the check digits hold, all together when that is likely, else
// each of those that have a field of their own. A digit over a cell that is
// erased says nothing of the others.
func (r *Reading) repair() {
	if all := r.shape.steps(r.Lines); !r.blindIn(all) && r.solve(all, mostCost) {
		return
	}
	for _, c := range r.shape.ties(r.Lines) {
		if own := c.steps(); !r.blindIn(own) {
			r.solve(own, mostCostAlone)
		}
	}
}

// blindIn reports whether one of the cells may hold anything.
func (r *Reading) blindIn(steps []step) bool {
	return slices.ContainsFunc(steps, func(st step) bool { return slices.Contains(r.Blind, [2]int{st.row, st.col}) })
}

// preferDigits takes digits for letters that look like them, where a Kyrgyz
// card has digits, when the check digits hold for both: several letters may sum
// up as the digits do. Alone, the place decides nothing in a number.
func (r *Reading) preferDigits() {
	if !r.kyrgyz() {
		return
	}
	line, changed := slices.Clone(r.Lines[0]), false
	number := r.shape.checks[0].covers[0]
	for col := number.from; col < number.to; col++ {
		twin, ok := twins[line[col]]
		class := mrz.Kyrgyz(1, col+1)
		if ok && !class.Has(line[col]) && class.Has(twin) {
			line[col], changed = twin, true
		}
	}
	if changed && r.shape.holds([][]byte{line, r.Lines[1], r.Lines[2]}) {
		r.Lines[0] = line
	}
}

// step is one cell of a solution: its role under the check digit of its field
// and under the composite one. A field ends with its check digit.
type step struct {
	row, col   int
	own, whole role
}

// role is what a cell does in a sum: nothing, add under one of the three
// weights, or close it.
type role uint8

const (
	none role = iota
	firstWeight
	secondWeight
	thirdWeight
	closing // the check digit, which takes the sum to 0

	roles
)

// roleOf is the role of the i-th cell under a check digit.
func roleOf(i int) role { return firstWeight + role(i%3) }

// addends is what each character adds to a sum, modulo 10, in each role.
var addends = func() (table [roles][256]uint8) {
	for _, c := range []byte(mrz.Alphabet) {
		for i := range 3 {
			digit, _ := mrz.CheckDigit(strings.Repeat("<", i) + string(rune(c)))
			table[roleOf(i)][c] = digit - '0'
		}
		table[closing][c] = (10 - table[thirdWeight][c]) % 10
	}
	return table
}()

// steps are the cells of one check digit.
func (c check) steps() []step {
	var out []step
	for _, s := range c.covers {
		for col := s.from; col < s.to; col++ {
			out = append(out, step{row: s.row, col: col, own: roleOf(len(out))})
		}
	}
	return append(out, step{row: c.digit.row, col: c.digit.from, own: closing})
}

// holds reports whether the check digit is that of the cells it covers.
func (c check) holds(lines [][]byte) bool {
	sum := 0
	for _, st := range c.steps() {
		sum += int(addends[st.own][lines[st.row][st.col]])
	}
	return sum%10 == 0
}

// steps are the cells of all check digits, in the order of the composite one.
func (s *shape) steps(lines [][]byte) []step {
	var fields []step
	for _, c := range s.ties(lines) {
		fields = append(fields, c.steps()...)
	}
	if s.whole == nil {
		return fields
	}
	own := map[[2]int]role{}
	for _, st := range fields {
		own[[2]int{st.row, st.col}] = st.own
	}
	var out []step
	for _, sp := range s.whole.covers {
		for col := sp.from; col < sp.to; col++ {
			out = append(out, step{row: sp.row, col: col, own: own[[2]int{sp.row, col}], whole: roleOf(len(out))})
		}
	}
	return append(out, step{row: s.whole.digit.row, col: s.whole.digit.from, whole: closing})
}

// solve finds the likeliest characters under which all sums are 0 modulo 10,
// and takes them when they cost little against what was believed.
func (r *Reading) solve(steps []step, most float64) bool {
	var score sums
	for i := range score {
		score[i] = math.Inf(-1)
	}
	score[0] = 0
	trail := make([][len(score)]choice, len(steps))
	believed := 0.0
	for i, st := range steps {
		believed += float64(r.Cells[st.row][st.col][IndexOf(r.Lines[st.row][st.col])])
		score = r.advance(st, &score, &trail[i])
	}
	if math.IsInf(score[0], -1) || believed-score[0] > most {
		return false
	}
	at := 0
	for i, st := range slices.Backward(steps) {
		r.Lines[st.row][st.col] = trail[i][at].char
		at = int(trail[i][at].from)
	}
	return true
}

// sums are the best log-probabilities by what the two sums are, modulo 10: the
// field's is the tens, the composite one the units.
type sums [100]float64

// choice is the character that led to a pair of sums, and from which pair.
type choice struct{ from, char byte }

// advance adds one cell to every pair of sums.
func (r *Reading) advance(st step, score *sums, trail *[len(sums{})]choice) sums {
	var next sums
	for i := range next {
		next[i] = math.Inf(-1)
	}
	l := &r.Cells[st.row][st.col]
	for _, c := range candidates(l, r.shape.classes[st.row][st.col], r.Lines[st.row][st.col]) {
		gain := float64(l[IndexOf(c)])
		for from, sum := range score {
			if math.IsInf(sum, -1) {
				continue
			}
			if to, ok := st.after(from, c); ok && sum+gain > next[to] {
				next[to] = sum + gain
				trail[to] = choice{byte(from), c}
			}
		}
	}
	return next
}

// after is the pair of sums that a character makes of another; false when it
// closes a field whose sum is not 0 then.
func (st step) after(from int, c byte) (to int, ok bool) {
	own, whole := (from/10+int(addends[st.own][c]))%10, (from%10+int(addends[st.whole][c]))%10
	return own*10 + whole, st.own != closing || own == 0
}

// candidates are the characters worth weighing for a cell, what is believed
// among them.
func candidates(l *Logs, class mrz.Class, believed byte) []byte {
	var out []byte
	top := l[IndexOf(believed)]
	for i := range network.NotGlyph {
		c := network.Alphabet[i]
		if c == believed || class.Has(c) && l[i] > top-candidatesWithin {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b byte) int {
		switch {
		case a == believed:
			return -1
		case b == believed:
			return 1
		case l[IndexOf(a)] > l[IndexOf(b)]:
			return -1
		}
		return 1
	})
	return out[:min(mostCandidates, len(out))]
}
