package draw

import (
	"image"
	"time"

	"mrzbot/mrzimage/specimen"
)

// shot is a photo of one and the same invented card.
type shot struct {
	front bool
	fill  float64 // part of the picture's width that the card spans
	glare float64
}

var (
	good  = shot{fill: 0.9}
	front = shot{fill: 0.86, front: true}
	far   = shot{fill: 0.34}
	flash = shot{fill: 0.86, glare: 1}
)

// Seeds of the card, and of the desk it lies on: one whose grain makes a small file.
const (
	seed = 3
	desk = 13
)

// detail of a card that fills the good photo, in pixels per millimetre; smaller
// photos show less.
const detail = 12.0

// take takes the photo.
func (s shot) take(wide, tall int) (*image.RGBA, error) {
	card, err := specimen.Exhibit{
		Fields: specimen.InventKyrgyz(seed, time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)), Seed: seed, Front: s.front,
		PixelsPerMillimetre: max(detail*float64(wide)/goodWide, 4),
	}.Draw()
	if err != nil {
		return nil, err
	}
	p := specimen.Snap(wide, tall, desk)
	p.Fill, p.Turn, p.Lean, p.Nod, p.Held = s.fill, 0, 0, 2, false
	p.AsideX, p.AsideY = 0, 0
	p.Noise, p.Blur = 0, 0.7*float64(wide)/goodWide
	if s.glare > 0 {
		p.Glare, p.GlareX, p.GlareY, p.GlareWide = s.glare, 0.5, 0.72, 0.17
	}
	return p.Take(card), nil
}
