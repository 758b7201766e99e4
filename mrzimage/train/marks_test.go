package main

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage/internal/network"
	"mrzbot/mrzimage/internal/ocrb"
)

// A cell that a mark crosses is known as marked and keeps its character; one that
// is struck out is not learned from.
func TestMarkedCellsKeepTheirCharacters(t *testing.T) {
	faces, err := ocrb.Faces()
	require.NoError(t, err)
	sh := newSource(faces, rand.New(rand.NewPCG(7, 7)), 1).newSheet()
	sh.layPaper()
	sh.lined = false
	sh.changed = make([]float32, len(sh.ink))
	middle := sh.w / 2
	for i := range sh.changed {
		switch x := i % sh.w; {
		case x > middle: // all of it
			sh.changed[i] = 1
		case i/sh.w%9 == 0: // fine lines
			sh.changed[i] = 0.5
		}
	}
	was := map[any]int{}
	for _, c := range sh.cells {
		was[c.place] = c.class
	}
	sh.noteMarks()
	lined := 0
	for _, c := range sh.cells {
		switch cells := (c.place.Middle.X*float64(sh.shrink) - float64(middle)) / (c.place.Right.Len() * float64(sh.shrink)); {
		case cells > 1:
			require.Equal(t, network.NotGlyph, c.class)
		case cells < -1:
			lined++
			require.Equal(t, markedCell, c.marked)
			require.Equal(t, was[c.place], c.class)
		}
	}
	require.Greater(t, lined, 5)
}

// Marks of every kind change some of the light, and not all of it.
func TestMarksLieOnTheSheet(t *testing.T) {
	faces, err := ocrb.Faces()
	require.NoError(t, err)
	s := newSource(faces, rand.New(rand.NewPCG(9, 9)), 1)
	for i, kind := range markKinds {
		inked := 0
		for range 6 {
			sh := s.newSheet()
			sh.layPaper()
			m := kind.make(sh)
			part := float32(0)
			for _, v := range m.cover {
				part += v
			}
			part /= float32(len(m.cover))
			require.Less(t, part, float32(0.6), "kind %d", i)
			if part > 0 {
				inked++
			}
		}
		require.Greater(t, inked, 3, "kind %d", i)
	}
}
