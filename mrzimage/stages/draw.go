package main

import (
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"mrzbot/mrzimage"
	"mrzbot/mrzimage/internal/network"
	"mrzbot/mrzimage/internal/rectify"
)

var (
	green = color.RGBA{20, 130, 60, 255}
	blue  = color.RGBA{30, 80, 220, 255}
)

const lineTall = 16 // pixels of a line of words

// sheet is a white picture.
func sheet(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	return img
}

func words(img draw.Image, x, y int, text string) {
	d := font.Drawer{Dst: img, Src: image.Black, Face: basicfont.Face7x13, Dot: fixed.P(x, y)}
	d.DrawString(text)
}

// judged is the photo, with what is said of it below.
func (s *stage) judged(j mrzimage.Judgement) image.Image {
	lines := []string{
		fmt.Sprintf("found %t   %.1f pixels per cell   angle %.0f", j.Found, j.PixelsPerCell, j.Angle),
		fmt.Sprintf("sharpness %.2f   darkness %.2f   glare %.2f   cut off %.2f", j.Sharpness, j.Darkness, j.Glare, j.CutOff),
		fmt.Sprintf("advice %v   stop %q", j.Reasons, j.Stop),
	}
	b := s.photo.Rect
	out := sheet(b.Dx(), b.Dy()+len(lines)*lineTall+6)
	draw.Draw(out, b, s.photo, image.Point{}, draw.Src)
	for i, line := range lines {
		words(out, 6, b.Dy()+lineTall*(i+1), line)
	}
	return out
}

// found is the photo with the pieces of ink, and the rows that make the MRZ.
func (s *stage) found() image.Image {
	out := image.NewRGBA(s.photo.Rect)
	draw.Draw(out, out.Rect, s.photo, image.Point{}, draw.Src)
	pieces := piecesOf(s.picture.Full()).Boxes()
	for _, p := range pieces {
		frame(out, image.Rect(p.MinX, p.MinY, p.MaxX, p.MaxY), blue)
	}
	for _, r := range s.rows {
		const steps = 40
		for k := range r.Last * steps {
			v := r.Middle(float64(k) / steps)
			draw.Draw(out, image.Rect(int(v.X), int(v.Y), int(v.X)+2, int(v.Y)+2), image.NewUniform(green), image.Point{}, draw.Src)
		}
	}
	return out
}

func frame(img draw.Image, b image.Rectangle, c color.Color) {
	for x := b.Min.X; x < b.Max.X; x++ {
		img.Set(x, b.Min.Y, c)
		img.Set(x, b.Max.Y-1, c)
	}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		img.Set(b.Min.X, y, c)
		img.Set(b.Max.X-1, y, c)
	}
}

// rectified are the patches that are cut out, row by row.
func (s *stage) rectified() image.Image {
	columns := 0
	for _, r := range s.rows {
		columns = max(columns, r.Last+1)
	}
	const gap = 2
	out := image.NewGray(image.Rect(0, 0, columns*(rectify.Wide+gap), len(s.rows)*(rectify.Tall+gap)))
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	for i, r := range s.rows {
		for k := range r.Last + 1 {
			s.patch(out, r.Cell(float64(k)), image.Pt(k*(rectify.Wide+gap), i*(rectify.Tall+gap)), 1)
		}
	}
	return out
}

// patch draws the patch of a cell, larger by a whole number.
func (s *stage) patch(img draw.Image, c rectify.Cell, at image.Point, by int) rectify.Patch {
	var p rectify.Patch
	s.picture.Cut(c, &p)
	for y := range rectify.Tall * by {
		for x := range rectify.Wide * by {
			// Mean 0 and deviation 1 become shades of grey.
			v := 150 + 55*p[y/by*rectify.Wide+x/by]
			img.Set(at.X+x, at.Y+y, color.Gray{uint8(min(max(v, 0), 255))})
		}
	}
	return p
}

// classify shows some cells and the likeliest characters of each.
func (s *stage) classify() (image.Image, error) {
	params, err := network.Load()
	if err != nil {
		return nil, err
	}
	const (
		shown = 8 // cells
		best  = 3 // characters of each
		large = 3
		wide  = rectify.Wide*large + 60
	)
	out := sheet(shown*wide, rectify.Tall*large+8)
	var state network.State
	for k := range shown {
		at := image.Pt(k*wide, 4)
		p := s.patch(out, s.rows[0].Cell(float64(k)), at, large)
		params.Forward(&p, &state)
		order := make([]int, network.Classes)
		for i := range order {
			order[i] = i
		}
		slices.SortFunc(order, func(a, b int) int { return cmp.Compare(state.Logs[b], state.Logs[a]) })
		for i, class := range order[:best] {
			name := "no glyph"
			if class < len(network.Alphabet) {
				name = string(network.Alphabet[class])
			}
			words(out, at.X+rectify.Wide*large+4, at.Y+lineTall*(i+1), fmt.Sprintf("%s %.2f", name, math.Exp(float64(state.Logs[class]))))
		}
	}
	return out, nil
}

// table is what Mark draws below the photo.
func (s *stage) table(marked *image.RGBA) image.Image {
	b := marked.Rect
	photo := s.photo.Rect.Dy() * b.Dx() / s.photo.Rect.Dx() // it fills the width, but for its edges
	b.Min.Y = min(photo, b.Max.Y)
	b.Max.X = b.Dx() * 4 / 5 // the rest is empty
	return marked.SubImage(b)
}
