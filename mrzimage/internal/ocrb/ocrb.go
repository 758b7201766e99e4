// Package ocrb holds the outlines of the 37 characters of a machine-readable
// MRZ in the type OCR-B, and paints them. It serves whoever draws MRZs (the
// specimens, the trainer); the reader itself needs no outlines.
package ocrb

import (
	_ "embed"
	"fmt"
	"image"
	"image/draw"
	"strconv"
	"strings"

	"golang.org/x/image/vector"
)

// Alphabet is every character of an MRZ (ICAO 9303-3, 4.3).
const Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"

//go:embed outlines.txt
var outlines string

// Face is one style of the type.
type Face struct {
	Name    string
	Advance float64 // width of a cell, in 1/1000 em
	glyphs  map[rune][]segment
}

// segment is a piece of an outline in 1/1000 em, y down, origin on the
// baseline at the left of the cell.
type segment struct {
	op   byte // M, L, Q or C
	x, y [3]float64
}

// Affine maps a point (x, y) to (A·x + B·y + C, D·x + E·y + F).
type Affine struct{ A, B, C, D, E, F float64 }

// Faces gives the styles that are embedded: round and sharp ends of strokes.
func Faces() ([]Face, error) {
	var (
		faces []Face
		glyph rune
	)
	for n, line := range strings.Split(strings.TrimSpace(outlines), "\n") {
		words := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "#"):
		case words[0] == "face" && len(words) == 3:
			advance, err := strconv.ParseFloat(words[2], 64)
			if err != nil {
				return nil, fmt.Errorf("ocrb: line %d: %w", n+1, err)
			}
			faces = append(faces, Face{Name: words[1], Advance: advance, glyphs: map[rune][]segment{}})
		case words[0] == "glyph" && len(words) == 2:
			glyph = []rune(words[1])[0]
		case len(faces) > 0 && glyph != 0:
			s, err := parseSegment(words)
			if err != nil {
				return nil, fmt.Errorf("ocrb: line %d: %w", n+1, err)
			}
			g := faces[len(faces)-1].glyphs
			g[glyph] = append(g[glyph], s)
		default:
			return nil, fmt.Errorf("ocrb: line %d is not understood", n+1)
		}
	}
	return faces, nil
}

func parseSegment(words []string) (segment, error) {
	points := map[string]int{"M": 1, "L": 1, "Q": 2, "C": 3}[words[0]]
	if points == 0 || len(words) != 1+2*points {
		return segment{}, fmt.Errorf("not a segment: %q", words)
	}
	s := segment{op: words[0][0]}
	for i := range 2 * points {
		v, err := strconv.ParseFloat(words[1+i], 64)
		if err != nil {
			return segment{}, err
		}
		if i%2 == 0 {
			s.x[i/2] = v
		} else {
			s.y[i/2] = v
		}
	}
	return s, nil
}

// Has reports whether the face can paint a character.
func (f Face) Has(r rune) bool { return len(f.glyphs[r]) > 0 }

// Paint adds the ink of a character to a coverage plane (255: all ink). The
// transformation takes 1/1000 em, origin on the baseline at the left of the
// cell, to pixels.
func (f Face) Paint(dst *image.Alpha, r rune, t Affine) {
	segments := f.glyphs[r]
	if len(segments) == 0 {
		return
	}
	box := bounds(segments, t).Intersect(dst.Bounds())
	if box.Empty() {
		return
	}
	var z vector.Rasterizer
	z.Reset(box.Dx(), box.Dy())
	at := func(s segment, i int) (float32, float32) {
		x, y := t.apply(s.x[i], s.y[i])
		return float32(x - float64(box.Min.X)), float32(y - float64(box.Min.Y))
	}
	for _, s := range segments {
		ax, ay := at(s, 0)
		bx, by := at(s, 1)
		cx, cy := at(s, 2)
		switch s.op {
		case 'M':
			z.ClosePath()
			z.MoveTo(ax, ay)
		case 'L':
			z.LineTo(ax, ay)
		case 'Q':
			z.QuadTo(ax, ay, bx, by)
		case 'C':
			z.CubeTo(ax, ay, bx, by, cx, cy)
		}
	}
	z.ClosePath()
	z.DrawOp = draw.Over
	z.Draw(dst, box, image.Opaque, image.Point{})
}

func (t Affine) apply(x, y float64) (float64, float64) {
	return t.A*x + t.B*y + t.C, t.D*x + t.E*y + t.F
}

// bounds is the pixel box of an outline's control points, which hold the
// outline.
func bounds(segments []segment, t Affine) image.Rectangle {
	var minX, minY, maxX, maxY float64
	for n, s := range segments {
		points := map[byte]int{'M': 1, 'L': 1, 'Q': 2, 'C': 3}[s.op]
		for i := range points {
			x, y := t.apply(s.x[i], s.y[i])
			if n == 0 && i == 0 {
				minX, maxX, minY, maxY = x, x, y, y
			}
			minX, maxX = min(minX, x), max(maxX, x)
			minY, maxY = min(minY, y), max(maxY, y)
		}
	}
	return image.Rect(int(minX)-1, int(minY)-1, int(maxX)+2, int(maxY)+2)
}
