package mrzimage

import (
	"math"

	"mrzbot/mrzimage/internal/raster"
	"mrzbot/mrzimage/internal/rectify"
)

// Where a picture stops being fit for reading.
const (
	leastPixelsPerCell = 7    // characters of fewer pixels are guessed
	leastSharpness     = 0.12 // an edge spread over eight pixels
	mostDarkness       = 0.75 // paper no brighter than a quarter
)

// judge measures the zone, or the whole picture when there is none.
func judge(p *rectify.Picture, c *candidate) Judgement {
	g := p.Full()
	j := Judgement{Width: g.W, Height: g.H}
	area := raster.Box{MaxX: g.W, MaxY: g.H}
	if c != nil {
		corners := c.corners()
		area = boxOf(corners, g)
		middle := float64(c.columns-1) / 2
		right := c.rows[0].Right(middle)
		j.PixelsPerCell = right.Len()
		j.Angle = math.Atan2(right.Y, right.X) * 180 / math.Pi
	}
	tones := g.Tones(area)
	j.Darkness = 1 - float64(tones.Quantile(0.95))/255
	j.Sharpness = g.Sharpness(area, tones)
	if c != nil {
		j.Glare = float64(c.lost) / float64(len(c.rows)*c.columns)
	}
	j.Reasons = j.reasons(c)
	return j
}

func (j *Judgement) reasons(c *candidate) []string {
	var out []string
	if c == nil {
		out = append(out, ReasonNoMRZ)
	}
	if c != nil && c.sure() {
		return nil
	}
	if c != nil && j.PixelsPerCell < leastPixelsPerCell || c == nil && max(j.Width, j.Height) < 30*leastPixelsPerCell {
		out = append(out, ReasonTooSmall)
	}
	if j.Darkness > mostDarkness {
		out = append(out, ReasonTooDark)
	}
	if j.Sharpness < leastSharpness {
		out = append(out, ReasonTooBlurry)
	}
	if j.Glare > 0 {
		out = append(out, ReasonGlare)
	}
	return out
}

// corners of the zone: half a cell and half a glyph around the middles.
func (c *candidate) corners() [4]Point {
	first, last := c.rows[0], c.rows[len(c.rows)-1]
	end := float64(c.columns - 1)
	corner := func(r rectify.Row, k, right, down float64) Point {
		cell := r.Cell(k)
		v := cell.Middle.Add(cell.Right.Times(right)).Add(cell.Down.Times(down))
		return Point{v.X, v.Y}
	}
	return [4]Point{
		corner(first, 0, -0.5, -0.5), corner(first, end, 0.5, -0.5),
		corner(last, end, 0.5, 0.5), corner(last, 0, -0.5, 0.5),
	}
}

func boxOf(corners [4]Point, g *raster.Gray) raster.Box {
	box := raster.Box{MinX: g.W, MinY: g.H}
	for _, p := range corners {
		box.MinX, box.MaxX = min(box.MinX, int(p.X)), max(box.MaxX, int(p.X)+1)
		box.MinY, box.MaxY = min(box.MinY, int(p.Y)), max(box.MaxY, int(p.Y)+1)
	}
	return box.Within(g)
}
