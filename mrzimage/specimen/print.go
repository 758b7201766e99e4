package specimen

import (
	"image/color"
	"math"
)

// Print is a kind of background print.
type Print string

// The kinds. All of them are fine lines in pale colours; none is any state's.
const (
	Waves    Print = ""         // two families of wavy lines
	Rosettes Print = "rosettes" // petalled rings around a few middles
	Relief   Print = "relief"   // level lines over soft hills
	Words    Print = "words"    // very small text, row upon row
	Net      Print = "net"      // crossing hatchings
)

// layer tells for a place in pixels how much of it a print covers, 0 to 1.
type layer struct {
	colour [3]float64
	covers func(x, y float64) float64
}

// paper lays a pale ground, and the print on it.
func (d *drawing) paper(kind Print, strength float64) {
	ground := d.tint(215)
	layers := d.layers(kind)
	for y := range d.img.Rect.Dy() {
		for x := range d.img.Rect.Dx() {
			px := ground
			for _, l := range layers {
				part := min(0.7*strength, 1) * l.covers(float64(x), float64(y))
				for i := range px {
					px[i] += part * (l.colour[i] - px[i])
				}
			}
			d.img.SetRGBA(x, y, color.RGBA{uint8(px[0]), uint8(px[1]), uint8(px[2]), 255})
		}
	}
	if kind == Words {
		d.small(strength)
	}
}

// tint is a colour no darker than low.
func (d *drawing) tint(low int) [3]float64 {
	part := func() float64 { return float64(low + d.rand.IntN(256-low)) }
	return [3]float64{part(), part(), part()}
}

func (d *drawing) layers(kind Print) []layer {
	var out []layer
	switch kind {
	case Waves:
		for range 2 {
			out = append(out, layer{d.tint(60), d.waves((0.9+1.6*d.rand.Float64())*d.unit, 2*d.rand.Float64()*d.unit)})
		}
	case Rosettes:
		for range 3 {
			out = append(out, layer{d.tint(60), d.rosette()})
		}
	case Relief:
		out = append(out, layer{d.tint(60), d.relief()}, layer{d.tint(90), d.relief()})
	case Net:
		for range 2 {
			out = append(out, layer{d.tint(60), d.waves((0.45+0.5*d.rand.Float64())*d.unit, 0.3*d.unit)})
		}
	}
	return out
}

// line is how much ink lies at a distance from the middle of a line.
func line(off, thick float64) float64 { return max(0, 1-off/(2*thick)) }

// nearest is the distance to the nearest of lines that lie evenly apart.
func nearest(v, apart float64) float64 { return math.Abs(v - apart*math.Round(v/apart)) }

func (d *drawing) waves(apart, bend float64) func(x, y float64) float64 {
	sn, cs := math.Sincos(d.rand.Float64() * math.Pi)
	length, phase := (3+6*d.rand.Float64())*d.unit, 6*d.rand.Float64()
	thick := min(0.16*d.unit, apart/5)
	return func(x, y float64) float64 {
		u, v := cs*x+sn*y, -sn*x+cs*y
		return line(nearest(v+bend*math.Sin(u/length+phase), apart), thick)
	}
}

func (d *drawing) rosette() func(x, y float64) float64 {
	mx, my := d.rand.Float64()*d.wide*d.unit, (0.4+0.6*d.rand.Float64())*d.tall*d.unit
	petals := float64(5 + d.rand.IntN(14))
	deep := (0.8 + 2.2*d.rand.Float64()) * d.unit
	apart := (0.7 + 1.1*d.rand.Float64()) * d.unit
	thick := (0.08 + 0.1*d.rand.Float64()) * d.unit
	reach := (18 + 25*d.rand.Float64()) * d.unit
	return func(x, y float64) float64 {
		far, angle := math.Hypot(x-mx, y-my), math.Atan2(y-my, x-mx)
		if far > reach {
			return 0
		}
		return line(nearest(far+deep*math.Cos(petals*angle)*far/reach, apart), thick)
	}
}

func (d *drawing) relief() func(x, y float64) float64 {
	type hill struct{ fx, fy, phase, high float64 }
	var hills [4]hill
	for i := range hills {
		sn, cs := math.Sincos(d.rand.Float64() * 2 * math.Pi)
		pace := 1 / ((2.5 + 9*d.rand.Float64()) * d.unit)
		hills[i] = hill{cs * pace, sn * pace, 6 * d.rand.Float64(), (0.4 + 0.9*d.rand.Float64()) * d.unit}
	}
	sn, cs := math.Sincos(d.rand.Float64() * math.Pi)
	apart := (0.5 + 0.8*d.rand.Float64()) * d.unit
	thick := (0.07 + 0.08*d.rand.Float64()) * d.unit
	return func(x, y float64) float64 {
		v := sn*x + cs*y
		for _, h := range hills {
			v += h.high * math.Sin(h.fx*x+h.fy*y+h.phase)
		}
		return line(nearest(v, apart), thick)
	}
}

// small fills the document with rows of very small text.
func (d *drawing) small(strength float64) {
	const words = "SPECIMEN<NOT<A<DOCUMENT<INVENTED<"
	cell := 0.6 + 0.5*d.rand.Float64()
	for y := cell; y < d.tall; y += 1.7 * cell {
		shift := d.rand.IntN(len(words))
		n := int(d.wide/cell) - 1
		row := make([]byte, n)
		for i := range row {
			row[i] = words[(i+shift)%len(words)]
		}
		d.text(string(row), cell/2, y, cell)
	}
	for i, a := range d.cover.Pix {
		d.cover.Pix[i] = uint8(min(0.7*strength, 1) * float64(a))
	}
	c := d.tint(60)
	d.ink(color.RGBA{uint8(c[0]), uint8(c[1]), uint8(c[2]), 255})
}
