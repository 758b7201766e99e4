package specimen

import (
	"image/color"
	"math"
	"math/rand/v2"

	"mrzbot/mrzimage/internal/ocrb"
)

// Mark is what time and people leave on a document.
type Mark string

// The marks. Most of them cross the letters of a name, or run along their feet
// and heads: there they make one letter look like another.
const (
	Pen       Mark = "pen"       // strokes, blue, black, red or green
	Hair      Mark = "hair"      // thin, dark, bent
	Scratch   Mark = "scratch"   // pale: ink is gone
	Crease    Mark = "crease"    // a fold: a pale line and its shadow
	Stamp     Mark = "stamp"     // a ring, with words
	Overprint Mark = "overprint" // words of another print
)

// Marks are all of them.
func Marks() []Mark { return []Mark{Pen, Hair, Scratch, Crease, Stamp, Overprint} }

// pens are the colours of marks that people make.
var pens = []color.RGBA{{40, 55, 160, 255}, {25, 25, 30, 255}, {190, 40, 50, 255}, {30, 110, 70, 255}, {90, 60, 150, 255}}

// marker lays marks on a drawing. It has a stream of its own, so that the same
// card without its text bears the same marks.
type marker struct {
	*drawing
	*rand.Rand
	lines []string
}

func (d *drawing) mark(kind Mark, lines []string, seed uint64) {
	m := marker{d, rand.New(rand.NewPCG(seed, 83)), lines}
	switch kind {
	case Pen:
		for range 1 + m.IntN(3) {
			m.stroke(m.between(0.2, 0.7), 0.4)
			m.colour(pens[m.IntN(len(pens))], m.between(0.6, 1))
		}
	case Hair:
		for range 1 + m.IntN(3) {
			m.stroke(m.between(0.07, 0.22), 2.5)
			shade := uint8(20 + m.IntN(90))
			m.colour(color.RGBA{shade, shade, shade, 255}, m.between(0.7, 1))
		}
	case Scratch:
		for range 1 + m.IntN(4) {
			m.stroke(m.between(0.1, 0.45), 0.3)
			shade := uint8(215 + m.IntN(41))
			m.colour(color.RGBA{shade, shade, shade, 255}, m.between(0.7, 1))
		}
	case Crease:
		m.crease()
	case Stamp:
		m.stamp()
	case Overprint:
		m.overprint()
	}
}

func (m marker) between(a, b float64) float64 { return a + (b-a)*m.Float64() }

// place is a point on a letter, in millimetres: on its foot or its head more
// often than elsewhere.
func (m marker) place() (x, y float64) {
	line := len(m.lines) - 1
	if m.IntN(5) < 2 {
		line = m.IntN(len(m.lines))
	}
	text := m.lines[line]
	column := m.IntN(len(text))
	for range 8 { // fillers matter less
		if text[column] != '<' {
			break
		}
		column = m.IntN(len(text))
	}
	const capital = 2.6
	up := m.between(-0.3, 1.3)
	if m.IntN(2) == 0 {
		up = []float64{0, 0.5, 1}[m.IntN(3)] + 0.06*m.NormFloat64()
	}
	base := m.tall - m.baseline - m.apart*float64(len(m.lines)-1-line)
	return m.left + cellWide*(float64(column)+m.Float64()), base - up*capital
}

// stroke draws a line through a letter, so many millimetres thick; bend is how
// far it turns, in radians.
func (m marker) stroke(thick, bend float64) {
	x, y := m.place()
	angle := 0.15 * m.NormFloat64()
	switch m.IntN(5) {
	case 0:
		angle = m.between(0, math.Pi)
	case 1:
		angle = math.Pi/2 + 0.3*m.NormFloat64()
	}
	length := cellWide * m.between(0.6, 9)
	before := length * m.Float64()
	turn := bend * m.NormFloat64() / length
	m.run(x, y, angle, turn, length-before, thick)
	m.run(x, y, angle+math.Pi, turn, before, thick)
}

// run covers a bent line from a place on.
func (m marker) run(x, y, angle, turn, length, thick float64) {
	step := 0.5 / m.unit
	for d := 0.0; d < length; d += step {
		m.dot(x, y, thick)
		angle += turn * step
		x, y = x+step*math.Cos(angle), y+step*math.Sin(angle)
	}
}

// dot covers a disc.
func (m marker) dot(x, y, wide float64) {
	cx, cy, radius := x*m.unit, y*m.unit, max(wide*m.unit/2, 0.35)
	box := m.cover.Rect
	for py := max(box.Min.Y, int(cy-radius-1)); py <= min(box.Max.Y-1, int(cy+radius+1)); py++ {
		for px := max(box.Min.X, int(cx-radius-1)); px <= min(box.Max.X-1, int(cx+radius+1)); px++ {
			in := radius + 0.5 - math.Hypot(float64(px)+0.5-cx, float64(py)+0.5-cy)
			at := &m.cover.Pix[py*m.cover.Stride+px]
			*at = max(*at, uint8(255*min(max(in, 0), 1)))
		}
	}
}

// crease runs from one edge of the document to another, through a letter.
func (m marker) crease() {
	x, y := m.place()
	angle := m.between(0, math.Pi)
	turn := 0.004 * m.NormFloat64()
	thick := m.between(0.15, 0.5)
	line := func(dx, dy float64) {
		m.run(x+dx, y+dy, angle, turn, 2*m.wide, thick)
		m.run(x+dx, y+dy, angle+math.Pi, -turn, 2*m.wide, thick)
	}
	off := m.between(0.6, 1.2) * thick
	line(-off*math.Sin(angle), off*math.Cos(angle))
	shade := uint8(60 + m.IntN(110))
	m.colour(color.RGBA{shade, shade, shade, 255}, m.between(0.2, 0.8))
	line(0, 0)
	m.colour(color.RGBA{245, 245, 245, 255}, m.between(0.5, 1))
}

func (m marker) stamp() {
	x, y := m.place()
	radius := m.between(5, 14)
	from := m.between(0, 2*math.Pi)
	cx, cy := x-radius*math.Cos(from), y-radius*math.Sin(from)
	thick := m.between(0.25, 0.7)
	for a := 0.0; a < 2*math.Pi; a += 0.5 / (radius * m.unit) {
		m.dot(cx+radius*math.Cos(a), cy+radius*math.Sin(a), thick)
	}
	m.slanted("SPECIMEN", cx-0.6*radius, cy, 1.2*radius/8, m.between(-0.4, 0.4))
	m.colour(pens[m.IntN(len(pens))], m.between(0.35, 0.9))
}

func (m marker) overprint() {
	words := []string{"SPECIMEN", "VOID", "COPY", "NOT A DOCUMENT", "SAMPLE 2024", "EXEMPLE"}
	for range 1 + m.IntN(2) {
		x, y := m.place()
		m.slanted(words[m.IntN(len(words))], x, y, m.between(0.8, 4), 0.2*m.NormFloat64())
		c := pens[m.IntN(len(pens))]
		m.colour(c, m.between(0.4, 0.95))
	}
}

// slanted prints words from a place on, turned by an angle.
func (m marker) slanted(s string, x, y, cell, angle float64) {
	scale := cell * m.unit / m.face.Advance
	sn, cs := math.Sincos(angle)
	for i, r := range s {
		left := cell * float64(i) * m.unit
		m.face.Paint(m.cover, r, ocrb.Affine{
			A: cs * scale, B: -sn * scale, C: x*m.unit + cs*left,
			D: sn * scale, E: cs * scale, F: y*m.unit + sn*left,
		})
	}
}

// colour lays a colour over what is covered, as thickly as the part says.
func (m marker) colour(c color.RGBA, part float64) {
	for i, a := range m.cover.Pix {
		m.cover.Pix[i] = uint8(part * float64(a))
	}
	m.ink(c)
}
