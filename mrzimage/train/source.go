package main

import (
	"bytes"
	"image"
	"image/draw"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"strings"

	"mrzbot/mrzimage/internal/network"
	"mrzbot/mrzimage/internal/ocrb"
	"mrzbot/mrzimage/internal/raster"
	"mrzbot/mrzimage/internal/rectify"
)

// sample is a patch and what it shows.
type sample struct {
	patch  rectify.Patch
	class  int
	marked marking
}

// marking says whether something lies on a cell that is none of its print.
type marking uint8

const (
	unmarked marking = iota
	markedCell
	maybeMarked // so little that nothing is to be learned of it
)

// source gives samples without end. It draws small sheets of text, spoils
// them, and cuts all cells of a sheet with the reader's own knife.
type source struct {
	faces []ocrb.Face
	rand  *rand.Rand
	mixed int // samples that lie ready to be drawn from
	ready []sample
}

func newSource(faces []ocrb.Face, r *rand.Rand, mixed int) *source {
	return &source{faces: faces, rand: r, mixed: mixed}
}

func (s *source) next() sample {
	for len(s.ready) < max(s.mixed, 1) {
		s.fill()
	}
	i, last := s.rand.IntN(len(s.ready)), len(s.ready)-1
	chosen := s.ready[i]
	s.ready[i] = s.ready[last]
	s.ready = s.ready[:last]
	return chosen
}

// cuts is how often each cell is cut: drawing takes longer than cutting, and no
// two cuts lie alike.
const cuts = 2

// fill draws a sheet and cuts it.
func (s *source) fill() {
	sh := s.newSheet()
	picture := rectify.NewPicture(sh.expose())
	for range cuts {
		for _, c := range sh.cells {
			var smp sample
			smp.class, smp.marked = c.class, c.marked
			picture.Cut(s.jitter(sh, c.place), &smp.patch)
			s.ready = append(s.ready, smp)
		}
	}
}

// jitter moves a cell as the reader's own measuring does.
func (s *source) jitter(sh *sheet, c rectify.Cell) rectify.Cell {
	r := s.rand
	const place, size, shear = 0.07, 0.05, 0.04
	c.Middle = c.Middle.
		Add(c.Right.Times(r.NormFloat64() * place)).
		Add(c.Down.Times(r.NormFloat64()*place + sh.sink)).
		Add(c.Right.Times(sh.drift))
	right := c.Right.Times(1 + r.NormFloat64()*size).Add(c.Down.Times(r.NormFloat64() * shear))
	down := c.Down.Times(sh.stretch * (1 + r.NormFloat64()*size)).Add(c.Right.Times(r.NormFloat64() * shear))
	c.Right, c.Down = right, down
	return c
}

// uniform is a number between a and b.
func (s *source) uniform(a, b float64) float64 { return a + (b-a)*s.rand.Float64() }

// chance is true with probability p.
func (s *source) chance(p float64) bool { return s.rand.Float64() < p }

type labelled struct {
	place  rectify.Cell // in pixels of the exposed sheet
	class  int
	marked marking
}

// sheet is a few lines of text, drawn large and then made small.
type sheet struct {
	*source
	w, h  int
	ink   []float32 // 0 none, 1 full, at drawing size
	paper []float32 // brightness at drawing size
	cells []labelled

	covered []bool    // where something lies over the paper; nil: nowhere
	changed []float32 // how far marks have changed the light, in parts of the contrast; nil: nowhere

	lined bool // the paper's pattern looks like marks

	shrink               int     // drawing pixels for one of the exposed sheet
	stretch, sink, drift float64 // errors that all cells of a sheet share
	black                float64 // brightness of full ink
}

const (
	rows, columns = 3, 12
	// drawPitch is the least width of a cell while drawing, in pixels: strokes
	// are then wide enough for ink to spread and fade.
	drawPitch = 18
)

// newSheet draws text in perfect ink and paper. The cells' width on the
// exposed sheet is between 5 and 30 pixels, mostly small.
func (s *source) newSheet() *sheet {
	pitch := 5.2 * math.Pow(30/5.2, math.Pow(s.rand.Float64(), 1.3))
	sh := &sheet{source: s, shrink: int(math.Ceil(drawPitch / pitch))}
	p := pitch * float64(sh.shrink)
	sh.stretch = 1 + 0.05*s.rand.NormFloat64()
	sh.sink = 0.05 * s.rand.NormFloat64()
	sh.drift = 0.05 * s.rand.NormFloat64()

	lead := s.uniform(1.6, 3) * p
	margin := 1.5 * p
	sh.w = int(columns*p+2*margin)/sh.shrink*sh.shrink + sh.shrink
	sh.h = int(rows*lead+2*margin)/sh.shrink*sh.shrink + sh.shrink
	cover := image.NewAlpha(image.Rect(0, 0, sh.w, sh.h))

	face := s.faces[s.rand.IntN(len(s.faces))]
	unit := p / face.Advance
	tall := unit * s.uniform(0.86, 1.15)
	slant := s.rand.NormFloat64() * 0.04
	turn := s.rand.NormFloat64() * 0.04
	if s.chance(0.12) { // a card seen from the side
		slant *= 3
	}
	cos, sin := math.Cos(turn), math.Sin(turn)
	narrow := s.uniform(0.88, 1.08) // of a glyph within its cell
	middleX, middleY := float64(sh.w)/2, float64(sh.h)/2
	for row := range rows {
		for col := -1; col <= columns; col++ {
			x := (float64(col) - (columns-1)/2.0) * p
			y := (float64(row) - (rows-1)/2.0) * lead
			place := rectify.Cell{
				Middle: rectify.Vector{X: middleX + cos*x - sin*y, Y: middleY + sin*x + cos*y},
				Right:  rectify.Vector{X: cos * p, Y: sin * p},
				Down:   rectify.Vector{X: -sin*tall*glyphTall - slant*tall*glyphTall, Y: cos * tall * glyphTall},
			}
			class := network.NotGlyph
			if col >= 0 && col < columns && !s.chance(0.02) {
				class = s.letter()
				const centre = 375 // of the glyphs' height, above the baseline
				sx := unit * narrow
				ocrX, ocrY := face.Advance/2, -float64(centre)
				t := ocrb.Affine{A: cos * sx, B: -sin*tall - slant*tall, D: sin * sx, E: cos * tall}
				t.C = place.Middle.X - t.A*ocrX - t.B*ocrY
				t.F = place.Middle.Y - t.D*ocrX - t.E*ocrY
				face.Paint(cover, rune(network.Alphabet[class]), t)
			} else if s.chance(0.3) {
				s.tile(cover, place)
			}
			sh.label(place, class)
		}
	}
	sh.blanks()
	sh.ink = make([]float32, sh.w*sh.h)
	for i, v := range cover.Pix {
		sh.ink[i] = float32(v) / 255
	}
	return sh
}

// tile fills a part of a cell: text is laid out as evenly as tiles are, and those
// are no glyphs.
func (s *source) tile(cover *image.Alpha, c rectify.Cell) {
	wide, tall := c.Right.Len()*s.uniform(0.4, 1), c.Down.Len()*s.uniform(0.6, 1.2)
	at := image.Pt(int(c.Middle.X-wide/2), int(c.Middle.Y-tall/2))
	box := image.Rectangle{Min: at, Max: at.Add(image.Pt(int(wide), int(tall)))}
	draw.Draw(cover, box, image.Opaque, image.Point{}, draw.Src)
}

// glyphTall is the height of a capital letter or digit in 1/1000 em.
const glyphTall = 755

// confused are the characters that readers take for each other most.
const confused = "0ODQ8B1I2Z5S6GMNHVYEFPTUC"

// letter draws a character. Fillers and characters that are easily confused
// come more often.
func (s *source) letter() int {
	if s.chance(0.25) {
		return strings.IndexByte(network.Alphabet, confused[s.rand.IntN(len(confused))])
	}
	if s.chance(0.12) {
		return len(network.Alphabet) - 1
	}
	return s.rand.IntN(len(network.Alphabet))
}

// label notes a cell, in pixels of the exposed sheet.
func (sh *sheet) label(c rectify.Cell, class int) {
	f := 1 / float64(sh.shrink)
	if class == network.NotGlyph && sh.chance(0.6) {
		return // blank ends are easy; a few are enough
	}
	sh.cells = append(sh.cells, labelled{place: rectify.Cell{
		Middle: c.Middle.Times(f), Right: c.Right.Times(f), Down: c.Down.Times(f),
	}, class: class})
}

// blanks labels places that show no glyph: half a cell aside, between lines.
func (sh *sheet) blanks() {
	for range 4 {
		at := sh.cells[sh.rand.IntN(len(sh.cells))]
		side := 0.5
		if sh.chance(0.5) {
			side = -0.5
		}
		if sh.chance(0.6) {
			at.place.Middle = at.place.Middle.Add(at.place.Right.Times(side))
		} else {
			at.place.Middle = at.place.Middle.Add(at.place.Down.Times(1.6 * side))
		}
		at.class = network.NotGlyph
		sh.cells = append(sh.cells, at)
	}
}

// expose takes the picture: paper and ink through a lens onto a sensor and
// into a file.
func (sh *sheet) expose() *raster.Gray {
	sh.spreadInk()
	sh.layPaper()
	light := make([]float32, len(sh.ink))
	for i, ink := range sh.ink {
		light[i] = sh.paper[i] + ink*(float32(sh.black)-sh.paper[i])
	}
	sh.marks(light)
	sh.noteMarks()
	sh.shade(light)
	sh.shine(light)
	sh.cover(light)
	sh.blind(light)
	for i, v := range light {
		light[i] = min(v, 255+overflow)
	}
	sh.unfocus(light)
	g := sh.sense(light)
	if sh.chance(0.7) {
		g = throughJPEG(g, 35+sh.rand.IntN(60))
	}
	return g
}

// overflow is how far above what a sensor can show light is still counted when
// it is blurred.
const overflow = 120

// sense makes pixels of the light, with the noise of a sensor.
func (sh *sheet) sense(light []float32) *raster.Gray {
	k := sh.shrink
	g := raster.NewGray(sh.w/k, sh.h/k)
	noise := 0.0
	if sh.chance(0.7) {
		noise = sh.uniform(0, 10)
	}
	values := make([]float32, g.W*g.H)
	for y := range g.H {
		for x := range g.W {
			sum := float32(0)
			for dy := range k {
				for _, v := range light[(y*k+dy)*sh.w+x*k:][:k] {
					sum += v
				}
			}
			v := float64(sum)/float64(k*k) + noise*sh.rand.NormFloat64()
			values[y*g.W+x] = float32(min(max(v, 0), 255))
		}
	}
	if noise > 5 && sh.chance(0.5) { // a phone's way with noise
		blur(values, g.W, g.H, 0.7, 0.7)
	}
	sh.sharpen(values, g.W, g.H)
	for i, v := range values {
		g.Pix[i] = byte(min(max(v+0.5, 0), 255))
	}
	return g
}

func throughJPEG(g *raster.Gray, quality int) *raster.Gray {
	var file bytes.Buffer
	img := &image.Gray{Pix: g.Pix, Stride: g.W, Rect: image.Rect(0, 0, g.W, g.H)}
	if jpeg.Encode(&file, img, &jpeg.Options{Quality: quality}) != nil {
		return g // a buffer does not fail
	}
	decoded, err := jpeg.Decode(&file)
	if err != nil {
		return g
	}
	gray, ok := decoded.(*image.Gray)
	if !ok {
		return g
	}
	out := raster.NewGray(g.W, g.H)
	for y := range g.H {
		copy(out.Pix[y*g.W:(y+1)*g.W], gray.Pix[y*gray.Stride:])
	}
	return out
}
