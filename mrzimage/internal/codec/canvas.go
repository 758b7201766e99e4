package codec

import (
	"context"

	"mrzbot/mrzimage/internal/raster"
)

// Plane is what was decoded of a picture: upright, with paper bright and ink
// dark.
type Plane struct {
	*raster.Gray
	// By is how many pixels of the picture one of the plane stands for, to each
	// side.
	By int
	// Missing is the part of the picture, from 0 to 1, that the file does not
	// hold. The plane has no rows for it.
	Missing float64
	// End is where in a JPEG file its coded picture ends, in bytes, also of one
	// that holds too little for a plane.
	End int
}

// How says what plane is wanted.
type How struct {
	By          int // pixels of the picture for one of the plane, to each side; at least 1
	Orientation int // EXIF: 1 to 8
}

// canvas takes the rows of a picture as they are stored, from the first to the
// last, and lays them down upright and as small as is wanted.
type canvas struct {
	ctx   context.Context
	how   How
	w, h  int // of the picture as it is stored
	rows  int // that were taken
	turn  turn
	plane *raster.Gray
	sums  []uint32 // of the squares of a row of the plane
	line  []byte
}

func newCanvas(ctx context.Context, w, h int, how How) *canvas {
	c := &canvas{ctx: ctx, how: how, w: w, h: h}
	small := SizeOf(w, h, how.By)
	c.turn = turnOf(how.Orientation, small.w, small.h)
	c.plane = raster.NewGray(c.turn.w, c.turn.h)
	c.line = make([]byte, small.w)
	if how.By > 1 {
		c.sums = make([]uint32, small.w)
	}
	return c
}

// size of a plane as it is stored.
type size struct{ w, h int }

// SizeOf a picture of w by h pixels that is made so many times smaller.
func SizeOf(w, h, by int) size { return size{max(1, w/by), max(1, h/by)} }

// Pixels are those of the plane.
func (s size) Pixels() int64 { return int64(s.w) * int64(s.h) }

// rowsBetween is how many rows are taken before the context is asked again.
const rowsBetween = 16

// row takes the next row, which the canvas does not keep.
func (c *canvas) row(line []byte) error {
	y := c.rows
	c.rows++
	if y%rowsBetween == 0 {
		if err := c.ctx.Err(); err != nil {
			return err
		}
	}
	by := c.how.By
	if by == 1 {
		c.lay(y, line)
		return nil
	}
	raster.AddSquares(c.sums, line, by)
	if last := c.rows%by == 0 || c.rows == c.h && c.h < by; !last || y/by >= max(1, c.h/by) {
		return nil
	}
	n := uint32(min(by, c.rows) * min(by, c.w))
	for x, sum := range c.sums {
		c.line[x] = byte((sum + n/2) / n)
	}
	clear(c.sums)
	c.lay(y/by, c.line)
	return nil
}

// lay puts a row of the plane where the orientation wants it.
func (c *canvas) lay(y int, line []byte) {
	to := c.turn.at + y*c.turn.down
	if c.turn.right == 1 {
		copy(c.plane.Pix[to:], line)
		return
	}
	for _, v := range line {
		c.plane.Pix[to] = v
		to += c.turn.right
	}
}

// done gives the plane, without the rows that never came.
func (c *canvas) done() (Plane, error) {
	out := Plane{Gray: c.plane, By: c.how.By}
	there := c.rows / c.how.By
	switch {
	case c.rows == c.h:
		return out, nil
	case there == 0:
		return Plane{}, ErrDamaged
	}
	out.Missing = 1 - float64(c.rows)/float64(c.h)
	w := len(c.line)
	t := turnOf(c.how.Orientation, w, there)
	out.Gray = raster.NewGray(t.w, t.h)
	for y := range there {
		for x := range w {
			out.Pix[t.at+y*t.down+x*t.right] = c.plane.Pix[c.turn.at+y*c.turn.down+x*c.turn.right]
		}
	}
	return out, nil
}

// turn says where the pixels of a picture go when it is set upright as its EXIF
// orientation says (EXIF 2.3, table 6): its new size, the place of the first
// pixel, and how far from there its neighbours to the right and below go.
type turn struct{ w, h, at, right, down int }

func turnOf(orientation, w, h int) turn {
	if orientation >= 5 {
		w, h = h, w
	}
	t := turn{w: w, h: h}
	switch orientation {
	case 2:
		t.at, t.right, t.down = w-1, -1, w
	case 3:
		t.at, t.right, t.down = w*h-1, -1, -w
	case 4:
		t.at, t.right, t.down = w*(h-1), 1, -w
	case 5:
		t.at, t.right, t.down = 0, w, 1
	case 6:
		t.at, t.right, t.down = w-1, w, -1
	case 7:
		t.at, t.right, t.down = w*h-1, -w, -1
	case 8:
		t.at, t.right, t.down = w*(h-1), -w, 1
	default:
		t.at, t.right, t.down = 0, 1, w
	}
	return t
}
