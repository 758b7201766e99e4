package reader

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrz"
)

var (
	truth    = []string{"IDKGZID1234567320101199012345<", "9001011M3101012KGZ<<<<<<<<<<<0", "TESTOV<<TEST<<<<<<<<<<<<<<<<<<"}
	another  = []string{"IDKGZAN7654321513112198554321<", "8512316F2906151KGZ<<<<<<<<<<<6", "SYNTHETIC<<AIDAI<<<<<<<<<<<<<<"}
	french   = []string{"IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<", "8806923102858CORINNE<<<<<<<6512068F6"}
	passport = []string{"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"}
)

// local is a reading here: sure of everything, but for changes as "1:6=X", and "1:6?"
// for a character that it is not sure of; "doubtful" as a whole.
func local(lines []string, doubtful bool, changes ...string) LocalReading {
	r := LocalReading{Lines: slices.Clone(lines), Sure: !doubtful}
	for _, line := range lines {
		r.Cells = append(r.Cells, slices.Repeat([]float64{0.999}, len(line)))
	}
	for _, c := range changes {
		line, column := int(c[0]-'1'), 0
		at, what := c[2:strings.IndexAny(c, "=?")], c[strings.IndexAny(c, "=?"):]
		for _, digit := range at {
			column = column*10 + int(digit-'0')
		}
		if what[0] == '?' {
			r.Cells[line][column-1] = 0.9
			continue
		}
		r.Lines[line] = r.Lines[line][:column-1] + what[1:] + r.Lines[line][column:]
	}
	return r
}

// with is lines with changes.
func with(lines []string, changes ...string) []string { return local(lines, false, changes...).Lines }

func TestCompare(t *testing.T) {
	for name, c := range map[string]struct {
		service   []string
		here      []LocalReading
		agreement Agreement
		alike     bool
		decided   int
		open      [][]string // how lines read if the reading here is right
	}{
		"alike":                    {truth, []LocalReading{local(truth, false)}, Alike, true, 0, nil},
		"nothing read":             {truth, nil, NoSecond, false, 0, nil},
		"a letter of the name":     {with(truth, "3:4=I"), []LocalReading{local(truth, false)}, Differs, false, 0, [][]string{truth}},
		"the sex":                  {with(truth, "2:8=F"), []LocalReading{local(truth, false)}, Differs, false, 0, [][]string{truth}},
		"the state":                {with(truth, "1:4=6"), []LocalReading{local(truth, false)}, Differs, false, 0, [][]string{truth}},
		"a filler between names":   {with(truth, "3:8=K"), []LocalReading{local(truth, false)}, Differs, false, 0, [][]string{truth}},
		"name and sex":             {with(truth, "3:4=I", "2:8=F"), []LocalReading{local(truth, false)}, Differs, false, 0, [][]string{with(truth, "3:4=I"), with(truth, "2:8=F")}},
		"an unsure letter":         {with(truth, "3:4=I"), []LocalReading{local(truth, true, "3:4?")}, NoSecond, false, 0, nil},
		"a letter less than sure":  {with(truth, "3:4=I"), []LocalReading{local(truth, false, "3:4?")}, NoSecond, false, 0, nil},
		"an unreadable letter":     {truth, []LocalReading{local(truth, true, "3:4=?")}, NoSecond, false, 0, nil},
		"a sure letter of a bad":   {with(truth, "3:4=I"), []LocalReading{local(truth, true, "3:9?")}, Differs, false, 0, [][]string{truth}},
		"the number":               {with(truth, "1:8=I"), []LocalReading{local(truth, false)}, Differs, true, 1, nil},
		"number, birth and PIN":    {with(truth, "1:8=I", "2:1=0", "1:20=7"), []LocalReading{local(truth, false)}, Differs, true, 3, nil},
		"the composite digit":      {with(truth, "2:30=8"), []LocalReading{local(truth, false)}, Differs, true, 1, nil},
		"a digit wrong here":       {truth, []LocalReading{local(truth, true, "1:8=7")}, Alike, true, 0, nil},
		"1 and B weigh the same":   {with(truth, "1:8=B"), []LocalReading{local(truth, false)}, Differs, true, 0, [][]string{truth}},
		"neither holds":            {with(truth, "1:8=7"), []LocalReading{local(truth, true, "1:8=4")}, Differs, true, 0, [][]string{with(truth, "1:8=4")}},
		"another card":             {another, []LocalReading{local(truth, false)}, Differs, false, 0, [][]string{truth}},
		"another card, not surely": {another, []LocalReading{local(truth, true)}, NoSecond, false, 0, nil},
		"the second of two":        {with(another, "3:2=V"), []LocalReading{local(truth, false), local(another, false)}, Differs, false, 0, [][]string{another}},
		"neither of two":           {french, []LocalReading{local(truth, false), local(another, false)}, NoSecond, false, 0, nil},
		"a passport":               {passport, []LocalReading{local(truth, false)}, Differs, false, 0, [][]string{truth}},
		"a French name":            {with(french, "1:7=F"), []LocalReading{local(french, false)}, Differs, true, 1, nil},
	} {
		t.Run(name, func(t *testing.T) {
			second := Look{Reads: c.here}.Compare(c.service, someDay)
			require.Equal(t, c.agreement, second.Agreement)
			require.Equal(t, c.alike, second.Alike)
			require.Len(t, second.Decided, c.decided)
			require.False(t, second.Whole)
			if c.decided > 0 {
				require.Equal(t, c.here[0].Lines, second.Lines)
			}
			var open [][]string
			for _, set := range second.Open {
				open = append(open, mrz.Apply(second.Lines, set))
			}
			slices.SortFunc(open, slices.Compare)
			slices.SortFunc(c.open, slices.Compare)
			require.Equal(t, c.open, open)
		})
	}
}

// TestCompareBroken: lines that are no MRZ are replaced by those that were surely read
// here, and only by those.
func TestCompareBroken(t *testing.T) {
	for _, broken := range [][]string{truth[:2], {}, {"hello"}, {truth[0][1:], truth[1], truth[2]}, {truth[0] + "é", truth[1], truth[2]}} {
		second := Look{Reads: []LocalReading{local(truth, false)}}.Compare(broken, someDay)
		require.True(t, second.Whole)
		require.Equal(t, truth, second.Lines)
		require.Equal(t, Differs, second.Agreement)
		second = Look{Reads: []LocalReading{local(truth, true)}}.Compare(broken, someDay)
		require.Equal(t, Second{Agreement: NoSecond, Lines: broken}, second)
	}
}
