package mrzimage

import (
	"bytes"
	"image/png"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage/specimen"
)

// A row that was led away from its cells, or that slipped by one behind what
// hides some, is laid anew along the others.
func TestStraightenLaysRowsAnew(t *testing.T) {
	lines := specimen.Invent("TD1", 12)
	card, err := specimen.Card{Lines: lines, Seed: 12, PixelsPerCell: 18}.Draw()
	require.NoError(t, err)
	var file bytes.Buffer
	require.NoError(t, png.Encode(&file, card))
	var reader Reader
	s, err := reader.open(t.Context(), file.Bytes())
	require.NoError(t, err)
	require.NoError(t, s.run(t.Context()))
	require.True(t, s.best.reading.Sure())

	for name, spoil := range map[string]func(c *candidate){
		"bent":             func(c *candidate) { c.rows[1].Y[2] += 0.06 },
		"bent and slipped": func(c *candidate) { c.rows[1] = c.rows[1].Moved(-1); c.rows[1].Y[2] += 0.06 },
	} {
		c := *s.best
		c.rows, c.cells = slices.Clone(c.rows), slices.Clone(c.cells)
		spoil(&c)
		c.cells[1] = s.classifyRow(c.rows[1], c.columns)
		require.True(t, s.decided(&c))
		require.False(t, s.covered(&c), name)
		require.NotEqual(t, strings.Join(lines, "|"), text(c.reading.Lines), name)

		s.straighten(&c)
		require.True(t, s.decided(&c))
		require.Equal(t, strings.Join(lines, "|"), text(c.reading.Lines), name)
	}
}
