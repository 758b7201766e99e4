package specimen

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// Thing is what people photograph by mistake, or for fun, in place of the side of
// a card that has an MRZ.
type Thing string

// The things there are.
const (
	Front    Thing = "front"    // of a card: a block in place of a face, and fields
	Receipt  Thing = "receipt"  // a narrow strip in even type
	Printed  Thing = "printed"  // a page of text
	Screen   Thing = "screen"   // text in even type, light on dark
	Barcode  Thing = "barcode"  // bars, and digits below them
	BankCard Thing = "bankcard" // sixteen large digits, a name, a date
	Listing  Thing = "listing"  // a table of names and numbers
)

// Things lists them.
func Things() []Thing { return []Thing{Front, Receipt, Printed, Screen, Barcode, BankCard, Listing} }

// Draw draws one. The same seed gives the same picture.
func (t Thing) Draw(seed uint64) (*image.RGBA, error) {
	s := &sheet{Rand: rand.New(rand.NewPCG(seed, 77))}
	for _, ttf := range [][]byte{goregular.TTF, gobold.TTF, gomono.TTF} {
		f, err := opentype.Parse(ttf)
		if err != nil {
			return nil, err
		}
		s.fonts = append(s.fonts, f)
	}
	switch t {
	case Front:
		s.front()
	case Receipt:
		s.receipt()
	case Printed:
		s.printed()
	case Screen:
		s.screen()
	case Barcode:
		s.barcode()
	case BankCard:
		s.bankCard()
	case Listing:
		s.listing()
	default:
		return nil, fmt.Errorf("specimen: no such thing: %s", t)
	}
	return s.img, s.err
}

// The types that things are printed in.
const (
	plainType = iota
	boldType
	evenType
)

// sheet is a thing in the making.
type sheet struct {
	*rand.Rand
	img   *image.RGBA
	fonts []*opentype.Font
	err   error
}

func (s *sheet) paper(w, h int, c color.Color) {
	s.img = image.NewRGBA(image.Rect(0, 0, w, h))
	s.fill(s.img.Rect, c)
}

func (s *sheet) fill(r image.Rectangle, c color.Color) {
	draw.Draw(s.img, r, image.NewUniform(c), image.Point{}, draw.Src)
}

// tone is a grey between two.
func (s *sheet) tone(from, to int) color.Gray { return color.Gray{uint8(from + s.IntN(to-from))} }

// tint is a pale colour.
func (s *sheet) tint() color.RGBA {
	return color.RGBA{uint8(190 + s.IntN(60)), uint8(190 + s.IntN(60)), uint8(190 + s.IntN(60)), 255}
}

// write prints a line of some size at a place of its baseline.
func (s *sheet) write(x, y int, kind int, size float64, c color.Color, text string) {
	face, err := opentype.NewFace(s.fonts[kind], &opentype.FaceOptions{Size: size, DPI: 72})
	if err != nil {
		s.err = err
		return
	}
	d := font.Drawer{Dst: s.img, Src: image.NewUniform(c), Face: face, Dot: fixed.P(x, y)}
	d.DrawString(text)
}

func (s *sheet) digits(n int) string { return digits(s.Rand, n) }

func (s *sheet) word(least, most int) string {
	b := make([]byte, least+s.IntN(most-least+1))
	for i := range b {
		b[i] = byte('a' + s.IntN(26))
	}
	return string(b)
}

func (s *sheet) words(n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = s.word(2, 9)
	}
	return strings.Join(all, " ")
}

// front prints on the side of a card that has no MRZ.
func (s *sheet) front() {
	s.paper(856, 540, s.tint())
	pale, ink := s.tint(), s.tone(10, 60)
	for y := range 540 {
		for x := range 856 {
			if (x*x/90+y*y/70+x*y/int(40+s.Uint64()%2))%31 < 5 {
				s.img.SetRGBA(x, y, pale)
			}
		}
	}
	face, text := 40, 330
	if s.IntN(4) == 0 {
		face, text = 600, 40
	}
	s.fill(image.Rect(face, 130, face+230, 130+300), s.tone(110, 190))
	for y := -90; y <= 90; y++ {
		for x := -70; x <= 70; x++ {
			if x*x*90*90+y*y*70*70 <= 70*70*90*90 {
				s.img.Set(face+115+x, 270+y, color.RGBA{uint8(150 - y/3), uint8(110 - y/4), 90, 255})
			}
		}
	}
	s.write(180, 60, boldType, 34, ink, "UTOPIA")
	s.write(180, 96, plainType, 24, ink, "SPECIMEN IDENTITY CARD")
	y := 140 + s.IntN(20)
	for _, f := range [][2]string{
		{"Surname / Фамилия", strings.ToUpper(s.word(5, 10))}, {"Name / Имя", strings.ToUpper(s.word(4, 8))},
		{"Sex / Пол      Citizenship", "F      UTO"}, {"Date of birth / Дата рождения", "01.02.1990"},
		{"Document No", "UT" + s.digits(7)}, {"Personal number / ПИН", s.digits(14)}, {"Date of expiry", "01.02.2031"},
	} {
		s.write(text, y, plainType, 14, s.tone(60, 120), f[0])
		s.write(text, y+24, boldType, 23, ink, f[1])
		y += 50 + s.IntN(6)
	}
}

func (s *sheet) receipt() {
	ink := s.tone(20, 110)
	s.paper(430, 900, s.tone(225, 255))
	y := 40
	line := func(text string) {
		s.write(22, y, evenType, 18, ink, text)
		y += 26 + s.IntN(2)
	}
	line("      SPECIMEN STORE LTD")
	line("  " + strings.ToUpper(s.words(3)))
	line(fmt.Sprintf("INN %s", s.digits(14)))
	line(fmt.Sprintf("%s.%s.2026 %s:%s   #%s", s.digits(2), s.digits(2), s.digits(2), s.digits(2), s.digits(6)))
	rule := []string{"-", "=", "*", "<", "."}[s.IntN(5)]
	line(strings.Repeat(rule, 34))
	for range 6 + s.IntN(9) {
		line(fmt.Sprintf("%-22.22s %7s.%s", strings.ToUpper(s.words(3)), s.digits(1+s.IntN(4)), s.digits(2)))
		if s.IntN(2) == 0 {
			line(fmt.Sprintf("  %s x %s.00", s.digits(2), s.digits(3)))
		}
	}
	line(strings.Repeat(rule, 34))
	line(fmt.Sprintf("TOTAL %24s.%s", s.digits(5), s.digits(2)))
	line(fmt.Sprintf("CARD ************%s", s.digits(4)))
	line(fmt.Sprintf("FM %s FD %s", s.digits(16), s.digits(8)))
	line(s.digits(34))
}

func (s *sheet) printed() {
	ink := s.tone(0, 60)
	s.paper(800, 1100, s.tone(235, 255))
	size := 15 + float64(s.IntN(6))
	kind := []int{plainType, plainType, evenType}[s.IntN(3)]
	for y := 70; y < 1040; y += int(size*1.5) + s.IntN(2)*s.IntN(20) {
		text := s.words(3 + s.IntN(9))
		if s.IntN(5) == 0 {
			text = strings.ToUpper(text)
		}
		s.write(60, y, kind, size, ink, text)
	}
}

func (s *sheet) screen() {
	dark, light := s.tone(15, 50), s.tone(170, 240)
	if s.IntN(3) == 0 {
		dark, light = light, dark
	}
	s.paper(1000, 640, dark)
	for y := 40; y < 620; y += 25 {
		indent := 30 + 28*s.IntN(4)
		text := fmt.Sprintf("%s := %s(%s, %s) // %s", s.word(1, 8), s.word(4, 9), s.word(2, 6), s.digits(1+s.IntN(6)), s.words(2))
		s.write(indent, y, evenType, 18, light, text)
	}
}

func (s *sheet) barcode() {
	s.paper(760, 420, s.tone(230, 255))
	ink := s.tone(0, 40)
	for x := 60; x < 700; {
		wide := 2 * (1 + s.IntN(4))
		s.fill(image.Rect(x, 60, x+wide, 300), ink)
		x += wide + 2*(1+s.IntN(4))
	}
	s.write(70, 345, evenType, 36, ink, s.digits(26))
	s.write(70, 390, plainType, 22, ink, "SPECIMEN "+strings.ToUpper(s.words(3)))
}

func (s *sheet) bankCard() {
	s.paper(856, 540, color.RGBA{uint8(s.IntN(256)), uint8(s.IntN(256)), uint8(s.IntN(256)), 255})
	c := s.img.RGBAAt(0, 0)
	ink := color.Gray{245}
	if int(c.R)+int(c.G)+int(c.B) > 400 {
		ink = color.Gray{25}
	}
	s.write(50, 80, boldType, 40, ink, "SPECIMEN BANK")
	s.fill(image.Rect(60, 190, 160, 265), color.RGBA{200, 175, 90, 255})
	s.write(60, 345, evenType, 50, ink, strings.Join([]string{s.digits(4), s.digits(4), s.digits(4), s.digits(4)}, " "))
	s.write(330, 410, plainType, 22, ink, "VALID THRU 12/29")
	s.write(60, 480, evenType, 30, ink, strings.ToUpper(s.word(4, 8)+" "+s.word(5, 10)))
}

func (s *sheet) listing() {
	ink := s.tone(0, 60)
	s.paper(1000, 760, s.tone(235, 255))
	for y := 50; y < 740; y += 31 {
		s.fill(image.Rect(30, y+9, 970, y+10), s.tone(120, 200))
		s.write(40, y, evenType, 19, ink, fmt.Sprintf("%3d %-18.18s %s %s.%s.19%s %s", y/31, strings.ToUpper(s.words(2)), s.digits(14), s.digits(2), s.digits(2), s.digits(2), s.digits(8)))
	}
}
