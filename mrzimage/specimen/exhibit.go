package specimen

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"time"

	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"

	"mrzbot/mrz"
	"mrzbot/mrzimage/internal/ocrb"
)

// Exhibit is a card drawn to be looked at by people: with labels, rounded
// corners and a word across that says what it is. Card is for readers to be
// measured with. The same Exhibit gives the same picture.
type Exhibit struct {
	Fields mrz.Fields // of somebody invented; TD1
	Seed   uint64     // of its colours
	Front  bool       // the side without an MRZ
	// PixelsPerMillimetre is how large it is drawn; 0 means 12, which are about
	// 300 dots per inch.
	PixelsPerMillimetre float64
}

// cornerRadius of a card, in millimetres (ISO/IEC 7810).
const cornerRadius = 3.2

// shade is a pair of pale colours, from one corner of a card to the other, and
// one for the lines on it.
type shade struct{ from, to, lines [3]float64 }

var shades = []shade{
	{[3]float64{226, 238, 240}, [3]float64{243, 232, 222}, [3]float64{150, 186, 196}},
	{[3]float64{232, 240, 226}, [3]float64{226, 234, 244}, [3]float64{158, 192, 160}},
	{[3]float64{242, 234, 238}, [3]float64{230, 238, 230}, [3]float64{196, 166, 186}},
	{[3]float64{244, 239, 222}, [3]float64{226, 236, 238}, [3]float64{196, 182, 142}},
}

// Draw draws the side of the card, seen straight from above, in even light.
// Its corners are square still: a Snapshot rounds them.
func (e Exhibit) Draw() (*image.RGBA, error) {
	lines, err := mrz.Render(e.Fields, mrz.TD1)
	if err != nil {
		return nil, err
	}
	faces, err := ocrb.Faces()
	if err != nil {
		return nil, err
	}
	unit := e.PixelsPerMillimetre
	if unit == 0 {
		unit = 12
	}
	l := layouts[0]
	box := image.Rect(0, 0, int(l.wide*unit), int(l.tall*unit))
	x := &exhibit{
		drawing: drawing{
			layout: l, rand: rand.New(rand.NewPCG(e.Seed, 83)), unit: unit, face: faces[0],
			cover: image.NewAlpha(box), img: image.NewRGBA(box),
		},
		sheet: sheet{},
	}
	for _, ttf := range [][]byte{goregular.TTF, gobold.TTF} {
		f, err := opentype.Parse(ttf)
		if err != nil {
			return nil, err
		}
		x.sheet.fonts = append(x.sheet.fonts, f)
	}
	x.sheet.img = x.drawing.img
	x.ground()
	if e.Front {
		x.frontSide(e.Fields)
	} else {
		x.backSide(e.Fields, lines)
	}
	return x.drawing.img, x.sheet.err
}

// exhibit is one in work: letters of OCR-B by the drawing, all others by the
// sheet.
type exhibit struct {
	drawing
	sheet sheet
}

// ground is two pale colours that go over into each other, with fine lines.
func (x *exhibit) ground() {
	s := shades[x.rand.IntN(len(shades))]
	layers := []layer{{s.lines, x.waves(1.5*x.unit, 1.2*x.unit)}, {s.lines, x.rosette()}, {s.lines, x.rosette()}}
	b := x.drawing.img.Rect
	for y := range b.Dy() {
		for at := range b.Dx() {
			t := (float64(at)/float64(b.Dx()) + float64(y)/float64(b.Dy())) / 2
			var px [3]float64
			for i := range px {
				px[i] = s.from[i] + t*(s.to[i]-s.from[i])
			}
			for _, l := range layers {
				part := 0.45 * l.covers(float64(at), float64(y))
				for i := range px {
					px[i] += part * (l.colour[i] - px[i])
				}
			}
			x.drawing.img.SetRGBA(at, y, color.RGBA{uint8(px[0]), uint8(px[1]), uint8(px[2]), 255})
		}
	}
}

var (
	labelInk = color.RGBA{96, 108, 118, 255}
	valueInk = color.RGBA{38, 44, 52, 255}
	titleInk = color.RGBA{60, 96, 112, 255}
)

// label prints what a field is called and what stands in it; x and y in
// millimetres, of the upper left corner.
func (x *exhibit) label(left, top float64, name, value string) {
	x.print(left, top+1.5, plainType, 1.5, labelInk, name)
	x.print(left, top+5, boldType, 2.5, valueInk, value)
}

// print prints a line; x and y of its baseline's left end and the height of
// its letters in millimetres.
func (x *exhibit) print(left, base float64, kind int, size float64, c color.Color, text string) {
	x.sheet.write(int(left*x.unit), int(base*x.unit), kind, size*1.25*x.unit, c, text)
}

func (x *exhibit) backSide(f mrz.Fields, lines []string) {
	x.print(5, 6.4, boldType, 2.6, titleInk, "ОБРАЗЕЦ · SPECIMEN")
	x.label(5, 9.8, "Личный номер / Personal number", f.PersonalNumber)
	x.label(5, 17.6, "Дата выдачи / Date of issue", dotted(issued(f)))
	x.label(5, 25.4, "Орган / Authority", "НЕ ДОКУМЕНТ")
	x.dots(54, 8.5, 13)
	x.across(48, 27.5)
	x.band(34.2)
	x.mrz(lines)
	x.ink(color.RGBA{26, 26, 30, 255})
}

func (x *exhibit) frontSide(f mrz.Fields) {
	x.print(5, 6.4, boldType, 2.6, titleInk, "ОБРАЗЕЦ · SPECIMEN")
	x.placeholder(5, 11, 24, 31)
	born, _ := time.Parse(time.DateOnly, f.BirthDate) // an invented date is one
	expires := issued(f).AddDate(validFor, 0, 0)
	for i, row := range [][2]string{
		{"Фамилия / Surname", f.Surname}, {"Имя / Given names", f.GivenNames}, {"Дата рождения / Date of birth", dotted(born)},
		{"Номер / Document number", f.DocumentNumber}, {"Срок действия / Date of expiry", dotted(expires)},
	} {
		x.label(34, 10.4+7.9*float64(i), row[0], row[1])
	}
	x.across(52, 42)
}

func dotted(t time.Time) string { return t.Format("02.01.2006") }

// dots is a square of random dots, which says nothing.
func (x *exhibit) dots(left, top, side float64) {
	const count = 22
	cell := side / count
	for row := range count {
		for col := range count {
			if x.rand.IntN(2) == 0 {
				continue
			}
			at := image.Pt(int((left+cell*float64(col))*x.unit), int((top+cell*float64(row))*x.unit))
			x.sheet.fill(image.Rectangle{at, at.Add(image.Pt(int(cell*x.unit)+1, int(cell*x.unit)+1))}, color.RGBA{70, 80, 88, 255})
		}
	}
}

// band pales the part of the card that the MRZ stands on, from a height down.
func (x *exhibit) band(top float64) {
	b := x.drawing.img.Rect
	for y := int(top * x.unit); y < b.Dy(); y++ {
		for at := range b.Dx() {
			px := x.drawing.img.Pix[y*x.drawing.img.Stride+4*at:]
			for i := range 3 {
				px[i] += uint8((250 - float64(px[i])) * 0.6)
			}
		}
	}
}

// across prints SPECIMEN aslant, as a stamp does, around a place in millimetres.
func (x *exhibit) across(cx, cy float64) {
	const word, cell = "SPECIMEN", 6.6
	sn, cs := math.Sincos(-0.2)
	scale := cell * x.unit / x.face.Advance
	for i, r := range word {
		along := cell * (float64(i) - float64(len(word))/2)
		x.face.Paint(x.cover, r, ocrb.Affine{
			A: scale * cs, B: -scale * sn, C: (cx + cs*along) * x.unit, D: scale * sn, E: scale * cs, F: (cy + sn*along) * x.unit,
		})
	}
	for i, a := range x.cover.Pix {
		x.cover.Pix[i] = uint8(0.42 * float64(a))
	}
	x.ink(color.RGBA{196, 70, 64, 255})
}

// placeholder is the sign for somebody who has no picture.
func (x *exhibit) placeholder(left, top, wide, tall float64) {
	corner := image.Pt(int(left*x.unit), int(top*x.unit))
	w, h := wide*x.unit, tall*x.unit
	for row := range int(h) {
		for col := range int(w) {
			u, v := float64(col)/w-0.5, float64(row)/h
			c := color.RGBA{206, 214, 218, 255}
			head := math.Hypot(u/0.22, (v-0.38)/0.2) < 1
			body := math.Hypot(u/0.4, (v-1)/0.38) < 1
			if head || body {
				c = color.RGBA{168, 180, 188, 255}
			}
			x.drawing.img.SetRGBA(corner.X+col, corner.Y+row, c)
		}
	}
}
