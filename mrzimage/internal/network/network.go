// Package network tells which character a patch shows: a small convolutional
// network, computed in plain Go. The weights are embedded; the trainer in
// mrzimage/train makes them.
package network

import (
	"math"

	"mrzbot/mrzimage/internal/rectify"
)

// Classes are the 37 characters of a zone and one for "not a glyph": blank
// paper, a speck, glare, the gap between two cells.
const (
	Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"
	NotGlyph = len(Alphabet)
	Classes  = len(Alphabet) + 1
)

// Shape of the network: 3×3 convolution, rectified, halved by maximum, 3×3
// convolution, rectified, two full layers.
const (
	Channels1 = 16
	Channels2 = 32
	Hidden    = 64

	Tall1, Wide1 = rectify.Tall - 2, rectify.Wide - 2
	TallP, WideP = Tall1 / 2, Wide1 / 2
	Tall2, Wide2 = TallP - 2, WideP - 2
	Flat         = Tall2 * Wide2 * Channels2
)

// Params are the numbers that training finds. In each matrix the outputs of
// one input lie side by side, which suits the loops below.
type Params struct {
	Conv1  [9 * Channels1]float32
	Bias1  [Channels1]float32
	Conv2  [9 * Channels1 * Channels2]float32
	Bias2  [Channels2]float32
	Full1  [Flat * Hidden]float32
	BiasF1 [Hidden]float32
	Full2  [Hidden * Classes]float32
	BiasF2 [Classes]float32
}

// Blocks gives the parameters in a fixed order, with the number of outputs of
// each block.
func (p *Params) Blocks() []Block {
	return []Block{
		{p.Conv1[:], Channels1}, {p.Bias1[:], Channels1},
		{p.Conv2[:], Channels2}, {p.Bias2[:], Channels2},
		{p.Full1[:], Hidden}, {p.BiasF1[:], Hidden},
		{p.Full2[:], Classes}, {p.BiasF2[:], Classes},
	}
}

// Block is one matrix or one row of biases.
type Block struct {
	Values  []float32
	Outputs int
}

// State holds what the layers of one computation gave; it is kept for reuse
// and for the trainer.
type State struct {
	Conv1  [Tall1 * Wide1 * Channels1]float32 // rectified
	Pool   [TallP * WideP * Channels1]float32
	Chosen [TallP * WideP * Channels1]uint16 // index into Conv1 of each maximum
	Conv2  [Flat]float32                     // rectified
	Full1  [Hidden]float32                   // rectified
	Logs   [Classes]float32                  // log-probabilities
}

// Forward computes the log-probability of each class for a patch.
func (p *Params) Forward(in *rectify.Patch, s *State) {
	p.conv1(in, s)
	pool(s)
	p.conv2(s)
	p.full(s)
}

func (p *Params) conv1(in *rectify.Patch, s *State) {
	var taps [9]float32
	for y := range Tall1 {
		for x := range Wide1 {
			for ky := range 3 {
				copy(taps[3*ky:3*ky+3], in[(y+ky)*rectify.Wide+x:])
			}
			convolve(s.Conv1[(y*Wide1+x)*Channels1:][:Channels1], taps[:], p.Conv1[:], p.Bias1[:])
		}
	}
}

func pool(s *State) {
	for y := range TallP {
		for x := range WideP {
			base := (2*y*Wide1 + 2*x) * Channels1
			for c := range Channels1 {
				best := base + c
				for _, at := range [3]int{base + Channels1 + c, base + Wide1*Channels1 + c, base + (Wide1+1)*Channels1 + c} {
					if s.Conv1[at] > s.Conv1[best] {
						best = at
					}
				}
				i := (y*WideP+x)*Channels1 + c
				s.Pool[i] = s.Conv1[best]
				s.Chosen[i] = uint16(best)
			}
		}
	}
}

func (p *Params) conv2(s *State) {
	const row = 3 * Channels1 // the three taps of a row are neighbours in Pool
	var (
		taps [3 * row]float32
		rows [3 * row]uint16
	)
	for y := range Tall2 {
		for x := range Wide2 {
			n := 0
			for ky := range 3 {
				for i, v := range s.Pool[((y+ky)*WideP+x)*Channels1:][:row] {
					if v != 0 {
						taps[n], rows[n] = v, uint16(ky*row+i)
						n++
					}
				}
			}
			convolveSome(s.Conv2[(y*Wide2+x)*Channels2:][:Channels2], taps[:n], rows[:n], p.Conv2[:], p.Bias2[:])
		}
	}
}

// block is how many outputs are computed side by side, so that their sums stay
// in registers. Channels1, Channels2 and Hidden are multiples of it.
const block = 8

// convolve computes the rectified outputs of one place.
func convolve(out, taps, weights, bias []float32) {
	outputs := len(out)
	for from := 0; from < outputs; from += block {
		b := bias[from:][:block:block]
		s0, s1, s2, s3, s4, s5, s6, s7 := b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]
		at := from
		for _, v := range taps {
			w := weights[at:][:block:block]
			s0 += v * w[0]
			s1 += v * w[1]
			s2 += v * w[2]
			s3 += v * w[3]
			s4 += v * w[4]
			s5 += v * w[5]
			s6 += v * w[6]
			s7 += v * w[7]
			at += outputs
		}
		o := out[from:][:block:block]
		o[0], o[1], o[2], o[3] = max(s0, 0), max(s1, 0), max(s2, 0), max(s3, 0)
		o[4], o[5], o[6], o[7] = max(s4, 0), max(s5, 0), max(s6, 0), max(s7, 0)
	}
}

// convolveSome is convolve with those taps only that are not nothing, about
// half of them, and the rows of their weights.
func convolveSome(out, taps []float32, rows []uint16, weights, bias []float32) {
	outputs := len(out)
	rows = rows[:len(taps)]
	for from := 0; from < outputs; from += block {
		b := bias[from:][:block:block]
		s0, s1, s2, s3, s4, s5, s6, s7 := b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]
		for i, v := range taps {
			w := weights[int(rows[i])*outputs+from:][:block:block]
			s0 += v * w[0]
			s1 += v * w[1]
			s2 += v * w[2]
			s3 += v * w[3]
			s4 += v * w[4]
			s5 += v * w[5]
			s6 += v * w[6]
			s7 += v * w[7]
		}
		o := out[from:][:block:block]
		o[0], o[1], o[2], o[3] = max(s0, 0), max(s1, 0), max(s2, 0), max(s3, 0)
		o[4], o[5], o[6], o[7] = max(s4, 0), max(s5, 0), max(s6, 0), max(s7, 0)
	}
}

func (p *Params) full(s *State) {
	var (
		some [Flat]float32
		rows [Flat]uint16
	)
	n := 0
	for i, v := range s.Conv2 {
		some[n], rows[n] = v, uint16(i)
		if v != 0 {
			n++
		}
	}
	convolveSome(s.Full1[:], some[:n], rows[:n], p.Full1[:], p.BiasF1[:])
	copy(s.Logs[:], p.BiasF2[:])
	for i, v := range s.Full1 {
		if v != 0 {
			accumulate(s.Logs[:], p.Full2[i*Classes:][:Classes], v)
		}
	}
	logSoftmax(s.Logs[:])
}

// accumulate adds v times the weights to out; both have the same length.
func accumulate(out, weights []float32, v float32) {
	weights = weights[:len(out)]
	for i := range out {
		out[i] += v * weights[i]
	}
}

func logSoftmax(values []float32) {
	top := values[0]
	for _, v := range values {
		top = max(top, v)
	}
	sum := 0.0
	for _, v := range values {
		sum += math.Exp(float64(v - top))
	}
	log := top + float32(math.Log(sum))
	for i := range values {
		values[i] -= log
	}
}
