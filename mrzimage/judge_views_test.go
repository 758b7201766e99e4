package mrzimage_test

import (
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// pen prints ordinary type on a picture.
type pen struct {
	draw.Image
	face map[float64]font.Face // by the height of the letters
}

func penOn(img draw.Image, sizes ...float64) pen {
	parsed, err := opentype.Parse(goregular.TTF)
	if err != nil {
		panic(err)
	}
	p := pen{img, map[float64]font.Face{}}
	for _, size := range sizes {
		if p.face[size], err = opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72}); err != nil {
			panic(err)
		}
	}
	return p
}

func (p pen) write(x, y int, size float64, s string) {
	d := font.Drawer{Dst: p, Src: image.Black, Face: p.face[size], Dot: fixed.P(x, y)}
	d.DrawString(s)
}

func fill(img draw.Image, r image.Rectangle, c color.Color) {
	draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src)
}

func disc(img draw.Image, at, radii image.Point, c color.Color) {
	for y := -radii.Y; y <= radii.Y; y++ {
		for x := -radii.X; x <= radii.X; x++ {
			dx, dy := float64(x)/float64(radii.X), float64(y)/float64(radii.Y)
			if dx*dx+dy*dy <= 1 {
				img.Set(at.X+x, at.Y+y, c)
			}
		}
	}
}

func whitePaper(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	fill(img, img.Rect, color.White)
	return img
}

// drawFront draws the side of an invented card that has no MRZ: a block where
// others have a face, and a few fields.
func drawFront(r *rand.Rand) *image.RGBA {
	tone := func(least int) uint8 { return uint8(least + r.IntN(40)) }
	img := image.NewRGBA(image.Rect(0, 0, 690, 430))
	fill(img, img.Rect, color.RGBA{tone(200), tone(205), tone(210), 255})
	fill(img, image.Rect(40, 110, 240, 370), color.RGBA{tone(150), tone(160), tone(170), 255})
	disc(img, image.Pt(140, 220), image.Pt(62, 74), color.RGBA{tone(20), tone(20), tone(20), 255})
	disc(img, image.Pt(140, 235), image.Pt(50, 64), color.RGBA{tone(180), tone(130), tone(100), 255})
	pen := penOn(img, 15, 25, 30)
	pen.write(150, 62, 30, "UTOPIA  IDENTITY CARD  SPECIMEN")
	y := 126
	for _, field := range [][2]string{
		{"SURNAME", "TESTOVA"}, {"GIVEN NAMES", "AIDAI"}, {"DATE OF BIRTH", "01.01.1990"},
		{"SEX   NATIONALITY", "F   UTO"}, {"DOCUMENT NUMBER", "ID1234567"}, {"PERSONAL NUMBER", "20101199012345"},
	} {
		pen.write(270, y, 15, field[0])
		pen.write(270, y+25, 25, field[1])
		y += 50
	}
	return img
}

// drawPage draws a page full of words.
func drawPage(r *rand.Rand) *image.RGBA {
	img := whitePaper(700, 950)
	pen := penOn(img, 17)
	for y := 50; y < 920; y += 26 {
		var line strings.Builder
		for line.Len() < 62 {
			for range 2 + r.IntN(9) {
				line.WriteByte(byte('a' + r.IntN(26)))
			}
			line.WriteByte(' ')
		}
		pen.write(40, y, 17, line.String())
	}
	return img
}
