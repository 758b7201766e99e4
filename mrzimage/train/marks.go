package main

import (
	"image"
	"math"

	"mrzbot/mrzimage/internal/network"
	"mrzbot/mrzimage/internal/ocrb"
)

// markedSheets is the part of the sheets that bear marks: pen strokes, hairs,
// scratches, creases, stamps and overprints. Whoever reads under them must learn
// how far they can be told from a letter's own strokes.
const markedSheets = 0.5

// shares of the kinds of marks.
var markKinds = []struct {
	share float64
	make  func(*sheet) mark
}{
	{0.40, (*sheet).stroke},
	{0.20, (*sheet).hair},
	{0.20, (*sheet).scratch},
	{0.06, (*sheet).crease},
	{0.06, (*sheet).stamp},
	{0.08, (*sheet).overprint},
}

// mark is what lies on the paper: where, and what it does to the light.
type mark struct {
	cover []float32 // 0 none, 1 all, at drawing size
	// through is the part of the light that passes, as through the ink of a pen;
	// tone is laid over where through is negative.
	through, tone float32
}

// marks draws marks over the sheet and notes where.
func (sh *sheet) marks(light []float32) {
	if !sh.chance(markedSheets) {
		return
	}
	sh.changed = make([]float32, len(light))
	contrast := max(sh.paper[len(sh.paper)/2]-float32(sh.black), 1)
	for range 1 + sh.rand.IntN(5) {
		m := sh.anyMark()
		for i, part := range m.cover {
			if part == 0 {
				continue
			}
			before := light[i]
			to := m.tone
			if m.through >= 0 {
				to = before * m.through
			}
			light[i] += part * (to - before)
			sh.changed[i] = min(sh.changed[i]+abs(light[i]-before)/contrast, 1)
		}
	}
}

func (sh *sheet) anyMark() mark {
	at := sh.rand.Float64()
	for _, k := range markKinds {
		if at -= k.share; at < 0 {
			return k.make(sh)
		}
	}
	return sh.stroke()
}

func (sh *sheet) cellWide() float64 { return float64(sh.w) / (columns + 3) }

// brightness is a tone between full ink (0) and paper (1), and beyond.
func (sh *sheet) brightness(part float64) float32 {
	paper := float64(sh.paper[len(sh.paper)/2])
	return float32(max(sh.black+part*(paper-sh.black), 0))
}

// stroke is that of a pen, dark or coloured: along a row or across it.
func (sh *sheet) stroke() mark {
	m := sh.path(0.06*math.Pow(6, sh.rand.Float64()), 0.3)
	if m.through = -1; sh.chance(0.4) {
		m.through = float32(sh.uniform(0.1, 0.8))
	}
	m.tone = sh.brightness(sh.uniform(-0.2, 0.8))
	return m
}

// hair is thin, dark and bent.
func (sh *sheet) hair() mark {
	m := sh.path(sh.uniform(0.025, 0.09), 2.5)
	m.through, m.tone = -1, sh.brightness(sh.uniform(-0.2, 0.7))
	return m
}

// scratch takes ink away, and may shine.
func (sh *sheet) scratch() mark {
	m := sh.path(0.03*math.Pow(8, sh.rand.Float64()), 0.3)
	m.through, m.tone = -1, sh.brightness(sh.uniform(0.65, 1.3))
	return m
}

// crease is a fold: a pale line, and a dark one beside it.
func (sh *sheet) crease() mark {
	m := sh.path(sh.uniform(0.04, 0.2), 0.1)
	m.through, m.tone = -1, sh.brightness(sh.uniform(0.3, 1.2))
	return m
}

// stamp is a part of a ring.
func (sh *sheet) stamp() mark {
	m := sh.blankMark()
	cell := sh.cellWide()
	x, y := sh.place()
	radius := cell * sh.uniform(1, 6)
	from := sh.uniform(0, 2*math.Pi)
	x, y = x-radius*math.Cos(from), y-radius*math.Sin(from)
	wide := cell * sh.uniform(0.04, 0.2)
	reach := sh.uniform(0.5, 3)
	for a := from - reach; a < from+reach; a += 0.5 / radius {
		sh.dot(m.cover, x+radius*math.Cos(a), y+radius*math.Sin(a), wide)
	}
	m.through, m.tone = -1, sh.brightness(sh.uniform(0, 0.8))
	if sh.chance(0.5) {
		m.through = float32(sh.uniform(0.2, 0.8))
	}
	return m
}

// overprint is other text that runs over the MRZ, or stands beside it.
func (sh *sheet) overprint() mark {
	m := sh.blankMark()
	cover := image.NewAlpha(image.Rect(0, 0, sh.w, sh.h))
	face := sh.faces[sh.rand.IntN(len(sh.faces))]
	scale := sh.cellWide() / face.Advance * math.Exp(sh.uniform(-1, 0.9))
	sin, cos := math.Sincos(0.25 * sh.rand.NormFloat64())
	x, y := sh.place()
	step := face.Advance * scale
	for range 1 + sh.rand.IntN(10) {
		c := network.Alphabet[sh.rand.IntN(len(network.Alphabet))]
		face.Paint(cover, rune(c), ocrb.Affine{A: cos * scale, B: -sin * scale, C: x, D: sin * scale, E: cos * scale, F: y})
		x, y = x+cos*step, y+sin*step
	}
	for i, v := range cover.Pix {
		m.cover[i] = float32(v) / 255
	}
	m.through, m.tone = -1, sh.brightness(sh.uniform(0, 0.85))
	return m
}

func (sh *sheet) blankMark() mark { return mark{cover: make([]float32, sh.w*sh.h), through: -1} }

// place is a point on a character: its foot, its head and its middle more often
// than others, for there a stroke makes one letter of another.
func (sh *sheet) place() (x, y float64) {
	c := sh.cells[sh.rand.IntN(len(sh.cells))].place
	f := float64(sh.shrink)
	down := sh.uniform(-0.8, 0.8)
	if sh.chance(0.5) {
		down = []float64{-0.46, -0.46, 0, 0.46, 0.46, 0.46}[sh.rand.IntN(6)] + 0.06*sh.rand.NormFloat64()
	}
	at := c.Middle.Add(c.Down.Times(down)).Add(c.Right.Times(sh.uniform(-0.5, 0.5)))
	return at.X * f, at.Y * f
}

// path is a line through a character, as thick as the part of a cell; bend is
// how far it turns, in radians.
func (sh *sheet) path(thick, bend float64) mark {
	m := sh.blankMark()
	cell := sh.cellWide()
	angle := 0.2 * sh.rand.NormFloat64()
	switch at := sh.rand.Float64(); {
	case at < 0.2:
		angle = sh.uniform(0, math.Pi)
	case at < 0.35:
		angle = math.Pi/2 + 0.25*sh.rand.NormFloat64()
	case at < 0.5:
		angle = 0.04 * sh.rand.NormFloat64() // almost along the row
	}
	length := cell * 0.5 * math.Pow(24, sh.rand.Float64())
	turn := bend * sh.rand.NormFloat64() / length
	mx, my := sh.place()
	before := sh.rand.Float64() * length
	fade, gaps := sh.chance(0.3), sh.chance(0.2)
	pause := cell * sh.uniform(0.2, 1)
	const step = 0.6 // pixels
	for _, way := range [2]float64{1, -1} {
		x, y, a := mx, my, angle
		reach := length - before
		if way < 0 {
			reach = before
		}
		for d := 0.0; d < reach; d += step {
			wide := thick * cell
			if fade {
				wide *= 1 - 0.8*d/reach
			}
			if !gaps || math.Mod(d, 2*pause) < pause {
				sh.dot(m.cover, x, y, wide)
			}
			a += way * turn * step
			x, y = x+way*step*math.Cos(a), y+way*step*math.Sin(a)
		}
	}
	return m
}

// dot lays a disc with a soft edge.
func (sh *sheet) dot(cover []float32, x, y, wide float64) {
	radius := max(wide/2, 0.3)
	part := min(1, wide) // thinner than a pixel covers less of it
	for py := max(0, int(y-radius-1)); py <= min(sh.h-1, int(y+radius+1)); py++ {
		for px := max(0, int(x-radius-1)); px <= min(sh.w-1, int(x+radius+1)); px++ {
			in := radius + 0.5 - math.Hypot(float64(px)+0.5-x, float64(py)+0.5-y)
			i := py*sh.w + px
			cover[i] = max(cover[i], float32(part*min(max(in, 0), 1)))
		}
	}
}

// What a mark changes of a cell, in parts of a cell full of ink.
const (
	untouched = 0.002 // at most: the cell bears none
	touched   = 0.012 // at least: it does
	// mostStruck of a character's ink may lie under marks; with more, nobody can
	// say what it is.
	mostStruck = 0.5
)

// noteMarks notes which cells bear marks, and leaves those out of which too much
// is struck.
func (sh *sheet) noteMarks() {
	kept := sh.cells[:0]
	for _, c := range sh.cells {
		if sh.lined {
			c.marked = maybeMarked
		}
		part, struck := sh.touchedPart(c)
		if c.class != network.NotGlyph && struck > mostStruck {
			continue
		}
		switch {
		case part >= touched:
			c.marked = markedCell
		case part > untouched:
			c.marked = maybeMarked
		}
		kept = append(kept, c)
	}
	sh.cells = kept
}

// touchedPart is how much of a cell, and of the ink in it, marks have changed.
func (sh *sheet) touchedPart(c labelled) (part, struck float64) {
	if sh.changed == nil {
		return 0, 0
	}
	f := float64(sh.shrink)
	x, y := c.place.Middle.X*f, c.place.Middle.Y*f
	half, tall := 0.54*c.place.Right.Len()*f, 0.65*c.place.Down.Len()*f
	n, ink := 0, 0.0
	for py := max(0, int(y-tall)); py < min(sh.h, int(y+tall)); py++ {
		for px := max(0, int(x-half)); px < min(sh.w, int(x+half)); px++ {
			i := py*sh.w + px
			changed := float64(sh.changed[i])
			part += changed
			n++
			ink += float64(sh.ink[i])
			struck += changed * float64(sh.ink[i])
		}
	}
	return part / float64(max(n, 1)), struck / max(ink, 1)
}

func abs(v float32) float32 { return max(v, -v) }
