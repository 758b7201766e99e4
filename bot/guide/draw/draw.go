// Package draw draws the picture of package guide: a good photo of a card, and below
// it, small, what is mostly done wrong. The words on it are those of the catalog. The
// program does not draw: it has the files.
package draw

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"

	"github.com/go-analyze/charts"
	"github.com/golang/freetype/truetype"
	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"

	"mrzbot/bot/text"
)

// The picture, in pixels: two and a half to each of a phone of 360 across, so that the
// smallest letters are 12 high there, and the file is small.
const (
	width     = 900
	margin    = 24
	goodWide  = width - 2*margin
	goodTall  = goodWide * 5 / 8
	badCount  = 3
	badWide   = (width - (badCount+1)*margin) / badCount
	badTall   = badWide * 3 / 4
	goodSize  = 38.0
	badSize   = 30.0
	goodLine  = margin + goodTall + 62 // the baseline of the words under the good photo
	badTop    = goodLine + 38
	badLine   = badTop + badTall + 44
	height    = badLine + 28
	border    = 7
	markRound = 38 // the radius of the mark on the good photo
	quality   = 64
)

var (
	ground = color.RGBA{255, 255, 255, 255}
	ink    = color.RGBA{35, 38, 45, 255}
	green  = color.RGBA{0, 140, 90, 255}
	red    = color.RGBA{200, 50, 40, 255}
)

// JPEG draws the picture in the language of a localizer. It is the same every time.
func JPEG(l text.Localizer) ([]byte, error) {
	p := &page{img: image.NewRGBA(image.Rect(0, 0, width, height))}
	draw.Draw(p.img, p.img.Rect, image.NewUniform(ground), image.Point{}, draw.Src)
	frame := image.Rect(margin, margin, margin+goodWide, margin+goodTall)
	p.show(frame, good, green)
	p.mark(frame, markRound, green, check)
	p.write(l.Text("guide.good", nil), width/2, goodLine, goodSize, goodWide)
	for i, b := range []struct {
		words string
		shot  shot
	}{
		{l.Text("guide.front", nil), front}, {l.Text("guide.far", nil), far}, {l.Text("guide.flash", nil), flash},
	} {
		left := margin + i*(badWide+margin)
		frame := image.Rect(left, badTop, left+badWide, badTop+badTall)
		p.show(frame, b.shot, red)
		p.mark(frame, markRound*3/5, red, cross)
		p.write(b.words, left+badWide/2, badLine, badSize, badWide+margin)
	}
	if p.err != nil {
		return nil, fmt.Errorf("draw: %w", p.err)
	}
	var file bytes.Buffer
	if err := jpeg.Encode(&file, p.img, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("draw: %w", err)
	}
	return file.Bytes(), nil
}

// page is the picture in work.
type page struct {
	img *image.RGBA
	err error // the first
}

// show puts a photo in a frame.
func (p *page) show(frame image.Rectangle, s shot, c color.Color) {
	photo, err := s.take(frame.Dx(), frame.Dy())
	if err != nil {
		p.err = err
		return
	}
	draw.Draw(p.img, frame.Inset(-border), image.NewUniform(c), image.Point{}, draw.Src)
	draw.Draw(p.img, frame, photo, image.Point{}, draw.Src)
}

// write writes a line around a place, in smaller letters where it is too long.
func (p *page) write(words string, middle, base int, size float64, most int) {
	for {
		face := truetype.NewFace(charts.GetFont(charts.FontFamilyNotoSans), &truetype.Options{Size: size, Hinting: font.HintingNone})
		wide := font.MeasureString(face, words)
		if wide.Ceil() > most && size > 10 {
			size--
			continue
		}
		d := font.Drawer{Dst: p.img, Src: image.NewUniform(ink), Face: face, Dot: fixed.Point26_6{X: fixed.I(middle) - wide/2, Y: fixed.I(base)}}
		d.DrawString(words)
		return
	}
}
