// Package network tells which character a patch shows: a small convolutional
// network, computed in plain Go. The weights are embedded; the trainer in
// mrzimage/train makes them.
package network

import (
	"math"

	"mrzbot/mrzimage/internal/rectify"
)

// Classes are the 37 characters of an MRZ and one for "not a glyph": blank
// paper, a speck, glare, the gap between two cells.
const (
	Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"
	NotGlyph = len(Alphabet)
	Classes  = len(Alphabet) + 1

	// Marked is, among the outputs, the one that tells of a mark: a stroke, a
	// scratch or other print that lies on the cell or beside its character.
	Marked  = Classes
	Outputs = Classes + 1
)

// Shape of the network: 3×3 convolution, halved by maximum, rectified, 3×3
// convolution, rectified, two full layers.
const (
	Channels1 = 16
	Channels2 = 32
	Hidden    = 96

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
	Full2  [Hidden * Outputs]float32
	BiasF2 [Outputs]float32
}

// Blocks gives the parameters in a fixed order, with the number of outputs of
// each block.
func (p *Params) Blocks() []Block {
	return []Block{
		{p.Conv1[:], Channels1}, {p.Bias1[:], Channels1},
		{p.Conv2[:], Channels2}, {p.Bias2[:], Channels2},
		{p.Full1[:], Hidden}, {p.BiasF1[:], Hidden},
		{p.Full2[:], Outputs}, {p.BiasF2[:], Outputs},
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
	Conv1 [Tall1 * Wide1 * Channels1]float32
	Pool  [TallP * WideP * Channels1]float32 // rectified
	Conv2 [Flat]float32                      // rectified
	Full1 [Hidden]float32                    // rectified
	Logs  [Outputs]float32                   // log-probabilities: of the classes, and of a mark
}

// Forward computes for a patch the log-probability of each class, and that of a
// mark.
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
				row := in[(y+ky)*rectify.Wide+x:][:3]
				taps[3*ky], taps[3*ky+1], taps[3*ky+2] = row[0], row[1], row[2]
			}
			out := s.Conv1[(y*Wide1+x)*Channels1:][:Channels1]
			copy(out, p.Bias1[:])
			addRows(out, taps[:], p.Conv1[:], Channels1)
		}
	}
}

func pool(s *State) {
	const above, row = Wide1 * Channels1, WideP * Channels1
	for y := range TallP {
		at := s.Conv1[2*y*above:]
		poolRow(s.Pool[y*row:][:row], at, at[above:])
	}
}

// Chosen is the place in Conv1 of the largest of a square, by its place in Pool.
func (s *State) Chosen(i int) int {
	at, c := i/Channels1, i%Channels1
	base := (2*(at/WideP)*Wide1+2*(at%WideP))*Channels1 + c
	best := base
	for _, o := range [3]int{base + Channels1, base + Wide1*Channels1, base + (Wide1+1)*Channels1} {
		if s.Conv1[o] > s.Conv1[best] {
			best = o
		}
	}
	return best
}

// conv2 passes over the inputs that are nothing, about half of them.
func (p *Params) conv2(s *State) {
	var (
		taps  [TallP][WideP * Channels1]float32
		rows  [TallP][WideP * Channels1]uint16
		until [TallP][WideP + 1]int // how many taps stand before a place
	)
	for y := range TallP {
		n := 0
		for x := range WideP {
			until[y][x] = n
			for c, v := range s.Pool[(y*WideP+x)*Channels1:][:Channels1] {
				taps[y][n], rows[y][n] = v, uint16(x*Channels1+c)
				if v != 0 {
					n++
				}
			}
		}
		until[y][WideP] = n
	}
	for y := range Tall2 {
		for x := range Wide2 {
			out := s.Conv2[(y*Wide2+x)*Channels2:][:Channels2]
			copy(out, p.Bias2[:])
			for ky := range 3 {
				from, to := until[y+ky][x], until[y+ky][x+3]
				addRowsAt(out, taps[y+ky][from:to], rows[y+ky][from:to], x*Channels1, p.Conv2[ky*3*Channels1*Channels2:], Channels2)
			}
		}
	}
	rectified(s.Conv2[:])
}

func (p *Params) full(s *State) {
	s.Full1 = p.BiasF1
	var (
		some [Flat]float32
		rows [Flat]uint16
	)
	n := 0
	for i, v := range s.Conv2 { // half of them are nothing
		some[n], rows[n] = v, uint16(i)
		if v != 0 {
			n++
		}
	}
	addRowsAt(s.Full1[:], some[:n], rows[:n], 0, p.Full1[:], Hidden)
	rectified(s.Full1[:])
	s.Logs = p.BiasF2
	addRows(s.Logs[:], s.Full1[:], p.Full2[:], Outputs)
	logSoftmax(s.Logs[:Classes])
	s.Logs[Marked] = logSigmoid(s.Logs[Marked])
}

// logSigmoid is the logarithm of the probability whose log-odds are v.
func logSigmoid(v float32) float32 {
	return min(v, 0) - float32(math.Log1p(math.Exp(-math.Abs(float64(v)))))
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
