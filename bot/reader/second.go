package reader

import (
	"slices"
	"time"

	"mrzbot/mrz"
	"mrzbot/mrzimage"
)

// The second reading: what the service has read is compared, character by
// character, with what was read here. Where no check digit looks, at names, states,
// sex and document code, it is the only thing that can show a misread character.

// Agreement is what the second reading has shown.
type Agreement string

// The agreements there are. They stand in the log.
const (
	// Alike: all that no check digit protects was read twice alike, both times
	// surely.
	Alike Agreement = "alike"
	// Differs: something was read differently, and surely so.
	Differs Agreement = "differs"
	// NoSecond: nothing is to be said.
	NoSecond Agreement = "none"
)

// Second is the second reading of the service's lines.
type Second struct {
	Agreement Agreement
	// Lines are the service's, with what check digits have decided.
	Lines []string
	// Decided are the characters of Lines that the service has read differently,
	// and for which the check digits hold.
	Decided []mrz.Repair
	// Whole: Lines are those read here, because the service's are no MRZ.
	Whole bool
	// Alike: all that no check digit protects was read twice alike.
	Alike bool
	// Open are the differences that no check digit decides: each with what is to be
	// done with Lines if the reading here is right.
	Open [][]mrz.Repair
}

// The least probability of a character for which the service is doubted, in a reading
// that is sure as a whole and in one that is not. In the latter it is needed to speak
// of the character at all.
const (
	leastSure         = 0.97
	leastSureDoubtful = 0.99
)

// mostDiffering is how many characters may differ: two readings that differ in more
// are of different MRZs. Either two lie in the picture, or the service has answered
// for another picture.
const mostDiffering = 15

// Compare compares the service's lines with what was seen here.
func (l Look) Compare(service []string, now time.Time) Second {
	z := mrz.Parse(service, now)
	here, near := l.Sure(), l.nearest(service)
	switch {
	case z.Format == mrz.Unknown && here != nil:
		return Second{Agreement: Differs, Lines: here, Whole: true}
	case z.Format != mrz.Unknown && near == nil && here != nil:
		return Second{Agreement: Differs, Lines: service, Open: [][]mrz.Repair{mrz.Diff(service, here)}}
	case z.Format == mrz.Unknown || near == nil:
		return Second{Agreement: NoSecond, Lines: service}
	}
	c := comparison{now: now, lines: service, here: near, loose: map[mrz.Field][]mrz.Repair{}, tied: map[mrz.Field][]mrz.Repair{}}
	c.sort(z)
	return c.result(z)
}

// nearest is the reading that differs in the fewest characters from lines of the
// same shape; nil: there is none.
func (l Look) nearest(lines []string) *LocalReading {
	var best *LocalReading
	fewest := mostDiffering + 1
	for i := range l.Reads {
		n := 0
		if !sameShape(l.Reads[i].Lines, lines) {
			continue
		}
		for k, line := range lines {
			for col := range len(line) {
				if char := l.Reads[i].Lines[k][col]; char != line[col] && char != mrzimage.Unreadable {
					n++
				}
			}
		}
		if n < fewest {
			best, fewest = &l.Reads[i], n
		}
	}
	return best
}

func sameShape(a, b []string) bool {
	return slices.EqualFunc(a, b, func(a, b string) bool { return len(a) == len(b) })
}

// comparison is a comparison under way.
type comparison struct {
	now   time.Time
	lines []string // the service's, with what is decided
	here  *LocalReading

	unsure bool                       // of something that no check digit protects
	loose  map[mrz.Field][]mrz.Repair // differences in what no check digit protects
	tied   map[mrz.Field][]mrz.Repair // in what one does
	order  []mrz.Field                // of both
}

// sort sorts the differences by what protects them.
func (c *comparison) sort(z mrz.MRZ) {
	for i, line := range c.lines {
		for k := range len(line) {
			field, protection, named := z.FieldAt(i+1, k+1)
			sure := c.sure(i, k)
			if protection == mrz.Unprotected && !sure {
				c.unsure = true
			}
			if !sure || c.here.Lines[i][k] == line[k] {
				continue
			}
			if c.here.Cells[i][k] < leastSure && protection == mrz.Unprotected {
				c.unsure = true
				continue
			}
			if !named {
				field = composite
			}
			if !slices.Contains(c.order, field) {
				c.order = append(c.order, field)
			}
			into := c.tied
			if protection == mrz.Unprotected {
				into = c.loose
			}
			into[field] = append(into[field], mrz.Repair{Line: i + 1, Column: k + 1, From: line[k : k+1], To: c.here.Lines[i][k : k+1]})
		}
	}
}

// composite stands for the composite check digit, which belongs to no field.
const composite = mrz.Field(255)

// sure reports whether a character was read surely here.
func (c *comparison) sure(line, column int) bool {
	if c.here.Lines[line][column] == mrzimage.Unreadable {
		return false
	}
	return c.here.Sure || c.here.Cells[line][column] >= leastSureDoubtful
}

// result decides what check digits can decide, and leaves the rest to a person.
func (c *comparison) result(z mrz.MRZ) Second {
	out := Second{Agreement: Differs, Lines: c.lines, Alike: !c.unsure && len(c.loose) == 0}
	// Fields with a digit of their own first: the composite digit can hold only when
	// they are right.
	for _, own := range []bool{true, false} {
		for _, field := range c.order {
			if set := c.tied[field]; len(set) > 0 && (z.Protection(field) == mrz.ByOwnDigit) == own {
				c.decide(&out, set)
			}
		}
	}
	for _, field := range c.order {
		if set := c.loose[field]; len(set) > 0 {
			out.Open = append(out.Open, set)
		}
	}
	if len(out.Decided)+len(out.Open) == 0 {
		out.Agreement = NoSecond
		if out.Alike {
			out.Agreement = Alike
		}
	}
	return out
}

// decide asks the check digits about the differences of one field. Where fewer of
// them fail with one reading than with the other, it is right; else nobody knows.
func (c *comparison) decide(out *Second, set []mrz.Repair) {
	with := mrz.Apply(out.Lines, set)
	before, after := c.failing(out.Lines), c.failing(with)
	switch {
	case after < before:
		out.Lines, out.Decided = with, append(out.Decided, set...)
	case after == before:
		out.Open = append(out.Open, set)
	}
}

// failing counts what is wrong with lines by their arithmetic.
func (c *comparison) failing(lines []string) int {
	return len(mrz.Parse(lines, c.now).Errors)
}
