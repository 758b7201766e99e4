// Package specimen draws invented documents and takes pictures of them: for
// the trainer, for tests and for the sandbox. The documents say SPECIMEN, bear
// no emblem and imitate no state's print; only the geometry of the MRZ is that
// of ICAO 9303. It is not a generator of documents: it draws no portrait and
// nothing that could be taken for a real card.
package specimen

import (
	"errors"
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"slices"

	"mrzbot/mrzimage/internal/ocrb"
)

// ErrLines: the lines are of no known format.
var ErrLines = errors.New("specimen: lines of no known format")

// Card is an invented document. The same Card gives the same picture.
type Card struct {
	Lines []string // of the MRZ
	Seed  uint64   // of colours, pattern and words
	// PixelsPerCell is the width of a character's cell in the drawing; 0 means
	// 24, about 240 dots per inch.
	PixelsPerCell float64
	// Pattern is how strongly the background is printed, from 0 (plain) to 1;
	// up to 1.4 it covers ever more. Print is in what kind.
	Pattern float64
	Print   Print
	// Front draws the other side of the card, the one without an MRZ. Lines
	// tell its size then, and nothing of them is printed.
	Front bool
	// Blank leaves the MRZ's print out, so that a picture with it can be held
	// against one without.
	Blank bool
	// Marks lie over the MRZ's print.
	Marks []Mark
}

// Sizes in millimetres (ICAO 9303-3 to -7). A cell is 2.54 mm wide; lines lie
// 6.35 mm apart at most, 4.25 mm on a card.
const cellWide = 2.54

// layout is the geometry of the documents of a size.
type layout struct {
	cells          []int   // of each line
	wide, tall     float64 // of the document
	left, baseline float64 // of the first cell; of the last line, from below
	apart          float64 // of the lines
}

// TD1, TD2 and TD3, whose sizes visas have, too; then those that ICAO does not
// know.
var layouts = []layout{
	{[]int{30, 30, 30}, 85.6, 54, 4.7, 4.4, 5.1},
	{[]int{36, 36}, 105, 74, 6.8, 6.6, 6.35},
	{[]int{44, 44}, 125, 88, 6.6, 6.6, 6.35},
	{[]int{34, 34}, 105, 74, 6.8, 6.6, 6.35},
	{[]int{35, 35}, 105, 74, 6.8, 6.6, 6.35},
	{[]int{28, 28}, 85.6, 54, 4.7, 4.4, 5.1},
	{[]int{9, 30, 30}, 85.6, 54, 4.7, 4.4, 5.1},
	{[]int{30}, 85.6, 54, 4.7, 4.4, 5.1},
}

func layoutOf(lines []string) (layout, error) {
	for _, l := range layouts {
		if slices.EqualFunc(lines, l.cells, func(line string, cells int) bool { return len(line) == cells }) {
			return l, nil
		}
	}
	return layout{}, ErrLines
}

// drawing is a card in work.
type drawing struct {
	layout
	face  ocrb.Face
	rand  *rand.Rand
	unit  float64 // pixels of a millimetre
	cover *image.Alpha
	img   *image.RGBA
}

// Draw draws the document, seen straight from above, in even light.
func (c Card) Draw() (*image.RGBA, error) {
	l, err := layoutOf(c.Lines)
	if err != nil {
		return nil, err
	}
	faces, err := ocrb.Faces()
	if err != nil {
		return nil, err
	}
	d := &drawing{layout: l, rand: rand.New(rand.NewPCG(c.Seed, 77)), unit: c.cellWide() / cellWide}
	d.face = faces[d.rand.IntN(len(faces))]
	box := c.Bounds()
	d.img, d.cover = image.NewRGBA(box), image.NewAlpha(box)
	d.paper(c.Print, c.Pattern)
	if c.Front {
		d.front()
		d.ink(color.RGBA{70, 70, 90, 255})
		return d.img, nil
	}
	d.words()
	d.ink(color.RGBA{70, 70, 90, 255})
	shade := uint8(d.rand.IntN(50))
	if !c.Blank {
		d.mrz(c.Lines)
		d.ink(color.RGBA{shade, shade, shade, 255})
	}
	for i, m := range c.Marks {
		d.mark(m, c.Lines, c.Seed+uint64(i))
	}
	return d.img, nil
}

// Bounds is the size of the drawing; empty when the lines are of no known
// format.
func (c Card) Bounds() image.Rectangle {
	l, err := layoutOf(c.Lines)
	if err != nil {
		return image.Rectangle{}
	}
	unit := c.cellWide() / cellWide
	return image.Rect(0, 0, int(l.wide*unit), int(l.tall*unit))
}

// Cell is the box of a character's cell in the drawing, in pixels: as wide as
// the pitch, as tall as a capital letter. Line and column count from 0.
func (c Card) Cell(line, column int) (minX, minY, maxX, maxY float64) {
	l, err := layoutOf(c.Lines)
	if err != nil {
		return 0, 0, 0, 0
	}
	unit := c.cellWide() / cellWide
	const capital = 2.54 * 1.04 // about as tall as the pitch is wide
	base := l.tall - l.baseline - l.apart*float64(len(c.Lines)-1-line)
	left := l.left + cellWide*float64(column)
	return left * unit, (base - capital) * unit, (left + cellWide) * unit, base * unit
}

func (c Card) cellWide() float64 {
	if c.PixelsPerCell == 0 {
		return 24
	}
	return c.PixelsPerCell
}

// words prints SPECIMEN and a few labels above the MRZ.
func (d *drawing) words() {
	d.text("SPECIMEN", d.wide*0.3, d.tall*0.3, 5+2*d.rand.Float64())
	labels := []string{"DATE OF ISSUE", "AUTHORITY", "NOT A DOCUMENT", "INVENTED DATA", "PLACE OF BIRTH"}
	y := d.tall * 0.1
	for range 3 {
		d.text(labels[d.rand.IntN(len(labels))], d.wide*0.06, y, 1.5)
		y += d.tall * 0.07
	}
}

// front prints labels, and an empty frame at their side.
func (d *drawing) front() {
	d.frame(d.wide*0.06, d.tall*0.2, d.wide*0.26, d.tall*0.62)
	d.text("SPECIMEN", d.wide*0.38, d.tall*0.2, 5)
	for i, label := range []string{"FRONT SIDE", "SURNAME", "GIVEN NAMES", "DATE OF BIRTH", "NOT A DOCUMENT"} {
		d.text(label, d.wide*0.38, d.tall*(0.36+0.12*float64(i)), 1.8)
	}
}

// frame draws the edges of a box; x and y in millimetres, of its upper left
// corner.
func (d *drawing) frame(x, y, wide, tall float64) {
	const edge = 0.5 // millimetres
	at := func(x, y float64) image.Point { return image.Pt(int(x*d.unit), int(y*d.unit)) }
	outer := image.Rectangle{Min: at(x, y), Max: at(x+wide, y+tall)}
	inner := outer.Inset(max(1, int(edge*d.unit)))
	draw.Draw(d.cover, outer, image.Opaque, image.Point{}, draw.Src)
	draw.Draw(d.cover, inner, image.Transparent, image.Point{}, draw.Src)
}

// MRZ prints the lines.
func (d *drawing) mrz(lines []string) {
	for i, line := range lines {
		y := d.tall - d.baseline - d.apart*float64(len(lines)-1-i)
		d.text(line, d.left, y, cellWide)
	}
}

// text prints a line: x and y in millimetres, of the first cell's left and of
// the baseline; cell is the width of a character.
func (d *drawing) text(s string, x, y, cell float64) {
	scale := cell * d.unit / d.face.Advance
	for i, r := range s {
		left := (x + cell*float64(i)) * d.unit
		d.face.Paint(d.cover, r, ocrb.Affine{A: scale, C: left, E: scale, F: y * d.unit})
	}
}

// ink lays a colour where the cover is, and clears the cover.
func (d *drawing) ink(c color.RGBA) {
	for y := range d.img.Rect.Dy() {
		for x := range d.img.Rect.Dx() {
			a := int(d.cover.Pix[y*d.cover.Stride+x])
			if a == 0 {
				continue
			}
			px := d.img.Pix[y*d.img.Stride+4*x:]
			for i, v := range [3]uint8{c.R, c.G, c.B} {
				px[i] = uint8((int(px[i])*(255-a) + int(v)*a) / 255)
			}
		}
	}
	clear(d.cover.Pix)
}
