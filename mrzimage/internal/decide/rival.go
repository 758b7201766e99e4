package decide

import (
	"math"
	"strings"

	"mrzbot/mrz"
)

// rivalWithin is how much less likely than what is believed another text may be
// by the picture alone, and count as a rival: ninety to one.
const rivalWithin = 4.5

// hasRival reports whether the check digits leave the choice between texts that
// the picture leaves open: two O in a number may sum up as two 0 do, and an S
// always as an 8 does.
func (r *Reading) hasRival() bool { return r.rivalCost() < rivalWithin }

// rivalCost is how much less likely, by the picture, the likeliest other text is
// for which all check digits hold: infinite when there is none.
func (r *Reading) rivalCost() float64 {
	var same, other sums // the likeliest, by what the sums are: with no other character, and with some
	for i := range same {
		same[i], other[i] = math.Inf(-1), math.Inf(-1)
	}
	same[0] = 0
	for _, st := range r.shape.steps(r.Lines) {
		same, other = r.advanceBoth(st, &same, &other)
	}
	return same[0] - other[0]
}

// advanceBoth adds one cell to the sums of what is believed, and of all else.
func (r *Reading) advanceBoth(st step, same, other *sums) (nextSame, nextOther sums) {
	for i := range nextSame {
		nextSame[i], nextOther[i] = math.Inf(-1), math.Inf(-1)
	}
	l, believed := &r.Picture[st.row][st.col], r.Lines[st.row][st.col]
	for _, c := range candidates(l, r.placed(st.row, st.col), believed) {
		gain := float64(l[IndexOf(c)])
		for from := range same {
			to, ok := st.after(from, c)
			if !ok {
				continue
			}
			nextOther[to] = max(nextOther[to], other[from]+gain)
			if c == believed {
				nextSame[to] = max(nextSame[to], same[from]+gain)
			} else {
				nextOther[to] = max(nextOther[to], same[from]+gain)
			}
		}
	}
	return nextSame, nextOther
}

// placed is the class of what can be a rival in a cell: on a Kyrgyz card the
// place tells letters from digits in the number, too.
func (r *Reading) placed(row, col int) mrz.Class {
	number := r.shape.checks[0].covers[0]
	if r.kyrgyz() && row == number.row && col >= number.from && col < number.to {
		return mrz.Kyrgyz(row+1, col+1)
	}
	return r.shape.classes[row][col]
}

// kyrgyz reports whether this is the MRZ of a Kyrgyz card.
func (r *Reading) kyrgyz() bool {
	first := string(r.Lines[0])
	return r.shape.format == mrz.TD1 && (strings.HasPrefix(first, kyrgyz) || strings.HasPrefix(first, kyrgyzBefore))
}

// unusualNumber reports whether the number of a Kyrgyz card is not of two letters
// and seven digits. All cards have such a number, so that something is misread.
func (r *Reading) unusualNumber() bool {
	if !r.kyrgyz() {
		return false
	}
	number := r.shape.checks[0].covers[0]
	for col := number.from; col < number.to; col++ {
		if !mrz.Kyrgyz(number.row+1, col+1).Has(r.Lines[number.row][col]) {
			return true
		}
	}
	return false
}
