package mrzimage

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"strings"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"mrzbot/mrzimage/internal/imagefile"
	"mrzbot/mrzimage/internal/ocrb"
	"mrzbot/mrzimage/internal/raster"
	"mrzbot/mrzimage/internal/rectify"
)

// Sizes of a marked picture, in pixels.
const (
	markedSide = 1100 // of the picture itself, its longer side
	markedCell = 24   // of a cell in the table below it
	markedTall = 34
	markedText = 16 // of a line of words
	markedEdge = 8
)

// The colours of what was read.
var (
	sureColor    = color.RGBA{20, 130, 60, 255}
	unsureColor  = color.RGBA{215, 120, 0, 255}
	lostColor    = color.RGBA{210, 20, 40, 255}
	changedColor = color.RGBA{30, 80, 220, 255}
)

// A character is drawn as sure above sureShown, and as lost below lostShown.
const (
	sureShown = 0.9
	lostShown = 0.5
)

// Mark draws a picture with what a Reader found in it: the upright picture
// with the MRZ's outline and its doubtful cells, and below it a table of all
// cells, each cut out of the picture, over the character that was read. Green
// is sure, orange doubtful, red hardly seen or unreadable, blue changed by a
// rule. The result must come from the same picture.
func Mark(ctx context.Context, data []byte, r Result) (*image.RGBA, error) {
	info, err := Inspect(data)
	if err != nil {
		return nil, err
	}
	plane, err := imagefile.Decode(ctx, data, info)
	if err != nil {
		return nil, err
	}
	photo := fitted(plane.Gray)
	scale := float64(photo.Rect.Dx()) / float64(plane.W)

	table := r.table()
	words := r.words()
	wide := max(photo.Rect.Dx(), table.X) + 2*markedEdge
	tall := photo.Rect.Dy() + table.Y + markedText*len(words) + 4*markedEdge
	s := sheet{image.NewRGBA(image.Rect(0, 0, wide, tall))}
	draw.Draw(s, s.Rect, image.White, image.Point{}, draw.Src)
	corner := image.Pt(markedEdge, markedEdge)
	draw.Draw(s, photo.Rect.Add(corner), photo, image.Point{}, draw.Src)
	s.outline(r, scale, scale/float64(plane.By), corner)

	corner.Y += photo.Rect.Dy() + markedEdge
	if err := s.table(r, plane.Gray, corner); err != nil {
		return nil, err
	}
	corner.Y += table.Y + markedEdge
	for i, line := range words {
		s.words(line, corner.Add(image.Pt(0, markedText*(i+1)-4)))
	}
	return s.RGBA, nil
}

// fitted is a picture of a size that shows what is in it.
func fitted(g *raster.Gray) *image.RGBA {
	w, h := g.W, g.H
	switch long := max(w, h); {
	case long > markedSide:
		w, h = max(1, w*markedSide/long), max(1, h*markedSide/long)
	case 2*long <= markedSide:
		by := markedSide / long
		w, h = w*by, h*by
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	img := &image.Gray{Pix: g.Pix, Stride: g.W, Rect: image.Rect(0, 0, g.W, g.H)}
	draw.BiLinear.Scale(out, out.Rect, img, img.Rect, draw.Src, nil)
	return out
}

// table is the size of the table of cells.
func (r Result) table() image.Point {
	columns := 0
	for _, line := range r.Lines {
		columns = max(columns, len(line))
	}
	return image.Pt(columns*markedCell, len(r.Lines)*(2*markedTall+markedEdge))
}

// words are what is written below.
func (r Result) words() []string {
	j := r.Picture
	found := "no MRZ found"
	if r.Verdict != VerdictNone {
		found = fmt.Sprintf("%s, %s, confidence %.3f", r.Format, r.Verdict, r.Confidence)
	}
	lines := []string{
		found,
		fmt.Sprintf("%d x %d, %.1f pixels per cell, angle %.0f, sharpness %.2f, darkness %.2f, glare %.2f, cut off %.2f",
			j.Width, j.Height, j.PixelsPerCell, j.Angle, j.Sharpness, j.Darkness, j.Glare, j.CutOff),
	}
	if len(j.Reasons) > 0 {
		lines = append(lines, strings.Join(j.Reasons, ", "))
	}
	for _, c := range r.Repairs {
		lines = append(lines, fmt.Sprintf("line %d, column %d: %s changed to %s", c.Line, c.Column, c.From, c.To))
	}
	return lines
}

// shade is the colour of a cell.
func (r Result) shade(line, column int) color.RGBA {
	for _, c := range r.Repairs {
		if c.Line == line+1 && c.Column == column+1 {
			return changedColor
		}
	}
	switch p := r.Cells[line][column]; {
	case r.Lines[line][column] == Unreadable || p < lostShown:
		return lostColor
	case p < sureShown:
		return unsureColor
	default:
		return sureColor
	}
}

// sheet is what is drawn on.
type sheet struct{ *image.RGBA }

// MRZ draws the MRZ's outline and its cells over the picture, which lies at
// a corner of the sheet: so many of its pixels for one of the plane in which the
// cells lie, and for one of the picture in which the corners do.
func (s sheet) outline(r Result, scale, ofPicture float64, corner image.Point) {
	if r.Verdict == VerdictNone {
		return
	}
	at := func(p Point, scale float64) Point {
		return Point{p.X*scale + float64(corner.X), p.Y*scale + float64(corner.Y)}
	}
	for i := range r.Corners {
		s.line(at(r.Corners[i], ofPicture), at(r.Corners[(i+1)%len(r.Corners)], ofPicture), 3, sureColor)
	}
	for i, row := range r.places {
		for k, c := range row {
			shade := r.shade(i, k)
			thick := 1.0
			if shade != sureColor {
				thick = 2
			}
			box := cornersOf(c)
			for e := range box {
				s.line(at(box[e], scale), at(box[(e+1)%len(box)], scale), thick, shade)
			}
		}
	}
}

// cornersOf a cell, as points.
func cornersOf(c rectify.Cell) (out [4]Point) {
	for i, v := range c.Corners() {
		out[i] = Point{v.X, v.Y}
	}
	return out
}

// table draws each cell as the picture shows it, and below it what was read.
func (s sheet) table(r Result, plane *raster.Gray, corner image.Point) error {
	faces, err := ocrb.Faces()
	if err != nil {
		return err
	}
	for i, row := range r.places {
		for k, c := range row {
			at := corner.Add(image.Pt(k*markedCell, i*(2*markedTall+markedEdge)))
			s.cut(plane, c, at)
			s.character(faces[0], r.Lines[i][k], r.shade(i, k), at.Add(image.Pt(0, markedTall)))
		}
	}
	return nil
}

// cut shows a cell as it stands in the picture, with a little around it.
func (s sheet) cut(plane *raster.Gray, c rectify.Cell, at image.Point) {
	const around = 1.5 // in heights of a capital letter
	for y := range markedTall {
		for x := range markedCell {
			right := (float64(x)+0.5)/markedCell - 0.5
			down := around * ((float64(y)+0.5)/markedTall - 0.5)
			v := c.Middle.Add(c.Right.Times(right)).Add(c.Down.Times(down))
			s.Set(at.X+x, at.Y+y, color.Gray{uint8(plane.Bilinear(v.X, v.Y) + 0.5)})
		}
	}
}

// character draws what was read; a filled box where nothing could be.
func (s sheet) character(face ocrb.Face, char byte, shade color.RGBA, at image.Point) {
	box := image.Rectangle{at, at.Add(image.Pt(markedCell, markedTall))}
	if char == Unreadable {
		draw.Draw(s, box.Inset(4), image.NewUniform(shade), image.Point{}, draw.Src)
		return
	}
	if shade != sureColor {
		s.frame(box.Inset(1), shade)
	}
	cover := image.NewAlpha(box)
	scale := markedCell / face.Advance
	face.Paint(cover, rune(char), ocrb.Affine{A: scale, C: float64(at.X), E: scale, F: float64(at.Y) + 0.8*markedTall})
	draw.DrawMask(s, box, image.NewUniform(shade), image.Point{}, cover, box.Min, draw.Over)
}

func (s sheet) frame(b image.Rectangle, c color.Color) {
	for x := b.Min.X; x < b.Max.X; x++ {
		s.Set(x, b.Min.Y, c)
		s.Set(x, b.Max.Y-1, c)
	}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		s.Set(b.Min.X, y, c)
		s.Set(b.Max.X-1, y, c)
	}
}

// words writes a line; at is the beginning of its baseline.
func (s sheet) words(text string, at image.Point) {
	d := font.Drawer{Dst: s, Src: image.Black, Face: basicfont.Face7x13, Dot: fixed.P(at.X, at.Y)}
	d.DrawString(text)
}

// line draws a straight line of some thickness.
func (s sheet) line(a, b Point, thick float64, c color.Color) {
	n := int(max(abs(b.X-a.X), abs(b.Y-a.Y))) + 1
	half := thick / 2
	for i := range n + 1 {
		t := float64(i) / float64(n)
		x, y := a.X+t*(b.X-a.X), a.Y+t*(b.Y-a.Y)
		for py := int(y - half + 0.5); py < int(y+half+0.5); py++ {
			for px := int(x - half + 0.5); px < int(x+half+0.5); px++ {
				s.Set(px, py, c)
			}
		}
	}
}

func abs(v float64) float64 { return max(v, -v) }
