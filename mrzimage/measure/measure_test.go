package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage"
	"mrzbot/mrzimage/corpus"
)

func read(truth, shown, got string) *row {
	split := func(s string) []string {
		if s == "" {
			return nil
		}
		return strings.Split(s, "|")
	}
	r := &row{picture: picture{Picture: corpus.Picture{Distortion: "glare", Lines: split(truth), Shown: split(shown)}}}
	r.got.Lines, r.got.Verdict = split(got), mrzimage.VerdictDoubtful
	return r
}

func TestRight(t *testing.T) {
	for name, c := range map[string]struct {
		truth, shown, got string
		right             bool
	}{
		"exact":                {"AB|CD", "", "AB|CD", true},
		"one wrong":            {"AB|CD", "", "AB|CE", false},
		"given up, seen":       {"AB|CD", "vv|vv", "A?|CD", false},
		"given up, unknown":    {"AB|CD", "", "A?|CD", false},
		"given up, erased":     {"AB|CD", "vx|vv", "A?|CD", true},
		"given up, partly":     {"AB|CD", "v~|vv", "A?|CD", true},
		"invented":             {"AB|CD", "vx|vv", "AZ|CD", false},
		"erased and yet right": {"AB|CD", "vx|vv", "AB|CD", true},
		"nothing to read":      {"", "", "", true},
		"text of nothing":      {"", "", "AB|CD", false},
		"all erased":           {"AB|CD", "xx|xx", "", true},
		"seen, not found":      {"AB|CD", "vx|vv", "", false},
		"other length":         {"AB|CD", "vv|vv", "ABC|CDE", false},
	} {
		require.Equal(t, c.right, read(c.truth, c.shown, c.got).right(), name)
	}
}

func TestUnreadableCells(t *testing.T) {
	all, seen := read("ABC|DEF", "vxv|v~v", "A??|?EF").unreadable()
	require.Equal(t, 3, all)
	require.Equal(t, 2, seen)
}

func TestTruthIsReadAsItWasWritten(t *testing.T) {
	want := []corpus.Picture{
		{Name: "a.jpg", Kind: "TD1", Distortion: "glare", Lines: []string{"AB", "CD"}, Shown: []string{"vx", "vv"}},
		{Name: "b.jpg", Kind: "none", Distortion: "nothing"},
	}
	dir := t.TempDir()
	require.NoError(t, writeAll(dir, func(yield func(picture, error) bool) {
		for _, p := range want {
			p.File = []byte(p.Name)
			if !yield(picture{Picture: p}, nil) {
				return
			}
		}
	}))
	var got []corpus.Picture
	for p, err := range ofFolder(dir, []string{""}) {
		require.NoError(t, err)
		require.Equal(t, p.Name, string(p.File))
		p.File = nil
		got = append(got, p.Picture)
	}
	require.Equal(t, want, got)
	_, err := truthOf(t.TempDir())
	require.Error(t, err)
}

func TestFloorsHold(t *testing.T) {
	var out bytes.Buffer
	rows := []row{*read("AB|CD", "", "AB|CD"), *read("AB|CD", "", "AB|CE")}
	require.NoError(t, holdFloors("glare\t1\nfar\t9\n", rows, &out), "what was not read has no floor")
	require.ErrorIs(t, holdFloors("glare\t2\n", rows, &out), errFloors)
	require.Contains(t, out.String(), "glare: 1 right, the floor is 2")
	rows[0].got.Verdict = mrzimage.VerdictOK
	require.NoError(t, holdFloors("glare\t1\t1\n", rows, &out))
	require.ErrorIs(t, holdFloors("glare\t1\t2\n", rows, &out), errFloors)
	require.Contains(t, out.String(), "glare: 1 ok, the floor is 2")
	rows[1].got.Verdict = mrzimage.VerdictOK
	require.ErrorIs(t, holdFloors("glare\t1\n", rows, &out), errFloors, "ok and wrong")
	require.Error(t, holdFloors("glare\n", rows, &out))
}

// Every distortion has a floor, and no other.
func TestFloorsSpeakOfTheCorpus(t *testing.T) {
	var names []string
	for line := range strings.Lines(floors) {
		name, _, _ := strings.Cut(line, "\t")
		names = append(names, name)
	}
	var want []string
	for _, d := range corpus.Distortions() {
		want = append(want, d.Name)
	}
	require.Equal(t, want, names)
}

func TestTableHasALineForEachDistortion(t *testing.T) {
	var out bytes.Buffer
	right, wrong := *read("AB|CD", "", "AB|CD"), *read("AB|CD", "", "AB|CE")
	right.got.Verdict, wrong.got.Verdict = mrzimage.VerdictOK, mrzimage.VerdictOK
	require.NoError(t, table([]row{right, right, right, wrong}, &out))
	require.Contains(t, out.String(), "glare")
	require.Contains(t, out.String(), "75.0")
	require.Len(t, strings.Split(strings.TrimSpace(out.String()), "\n"), 4)
	require.Contains(t, out.String(), "3 of 4 are exact, 75.00 %")
}
