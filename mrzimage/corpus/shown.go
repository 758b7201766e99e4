package corpus

import (
	"image"
	"image/draw"
	"math"

	"mrzbot/mrzimage/specimen"
)

// What part of a character's ink must be told from the paper for it to be
// seen, and below which part it is erased.
const (
	leastSeen  = 0.85
	mostErased = 0.5
	// tellable is the contrast of ink that still tells, in parts of what it
	// would be without the fault, and leastStep that in levels of brightness.
	tellable  = 0.3
	leastStep = 8
)

// shown finds out which characters the picture shows: it takes the picture
// with and without the MRZ's print, and both again without what hides it.
// Only ink differs between the two of a pair.
func (s *scene) shown(document *image.RGBA) ([]string, error) {
	blank := s.card
	blank.Blank = true
	empty, err := blank.Draw()
	if err != nil {
		return nil, err
	}
	hidden := inkOf(s.photo, document, empty)
	clear := s.photo
	clear.Glare, clear.Veil, clear.Fingers = 0, 0, 0
	if s.card.Marks != nil {
		with := s.card
		with.Marks, blank.Marks = nil, nil
		if document, err = with.Draw(); err != nil {
			return nil, err
		}
		if empty, err = blank.Draw(); err != nil {
			return nil, err
		}
	}
	plain := inkOf(clear, document, empty)
	out := make([]string, len(s.card.Lines))
	for i, line := range s.card.Lines {
		marks := make([]byte, len(line))
		for k := range marks {
			marks[k] = verdictOf(s.cell(document.Rect, i, k), hidden, plain)
		}
		out[i] = string(marks)
	}
	return out, nil
}

// cell is the box in the picture that holds a character.
func (s *scene) cell(document image.Rectangle, line, column int) image.Rectangle {
	minX, minY, maxX, maxY := s.card.Cell(line, column)
	var box image.Rectangle
	for i, corner := range [4][2]float64{{minX, minY}, {maxX, minY}, {maxX, maxY}, {minX, maxY}} {
		x, y := s.photo.Place(document, corner[0], corner[1])
		p := image.Rect(int(math.Floor(x)), int(math.Floor(y)), int(math.Ceil(x)), int(math.Ceil(y)))
		if i == 0 {
			box = p
		}
		box.Min.X, box.Min.Y = min(box.Min.X, p.Min.X), min(box.Min.Y, p.Min.Y)
		box.Max.X, box.Max.Y = max(box.Max.X, p.Max.X), max(box.Max.Y, p.Max.Y)
	}
	return box
}

// inkOf is by how much the MRZ's print darkens each pixel.
func inkOf(p specimen.Photo, with, without *image.RGBA) *image.Gray {
	a, b := p.Take(with), p.Take(without)
	out := image.NewGray(a.Rect)
	for i := range out.Pix {
		out.Pix[i] = byte(max(0, int(b.Pix[4*i+1])-int(a.Pix[4*i+1])))
	}
	return out
}

func verdictOf(box image.Rectangle, hidden, plain *image.Gray) byte {
	box = box.Intersect(plain.Rect)
	darkest := 0
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			darkest = max(darkest, int(plain.GrayAt(x, y).Y))
		}
	}
	ink, told := 0, 0
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			step := int(plain.GrayAt(x, y).Y)
			if step*2 < darkest {
				continue
			}
			ink++
			if left := float64(hidden.GrayAt(x, y).Y); left >= max(tellable*float64(step), leastStep) {
				told++
			}
		}
	}
	switch part := float64(told) / float64(max(ink, 1)); {
	case part >= leastSeen:
		return Seen
	case part < mostErased:
		return Erased
	}
	return Partly
}

// above lays two documents below each other, with a gap.
func above(front, back *image.RGBA, backFirst bool) *image.RGBA {
	w, h := front.Rect.Dx(), front.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, int(2.1*float64(h))))
	draw.Draw(out, out.Rect, image.NewUniform(image.Black.C), image.Point{}, draw.Src)
	if backFirst {
		front, back = back, front
	}
	draw.Draw(out, front.Rect, front, image.Point{}, draw.Src)
	low := out.Rect.Dy() - h
	draw.Draw(out, image.Rect(0, low, w, low+h), back, image.Point{}, draw.Src)
	return out
}
