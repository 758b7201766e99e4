package main

import (
	"math"

	n "mrzbot/mrzimage/internal/network"
	"mrzbot/mrzimage/internal/rectify"
)

// worker computes gradients over its share of a batch.
type worker struct {
	state n.State
	grad  n.Params

	dFull1 [n.Hidden]float32
	dConv2 [n.Flat]float32
	dPool  [n.TallP * n.WideP * n.Channels1]float32
}

// learn adds the gradient of one sample's loss (cross-entropy with a little
// smoothing, so that the network does not become surer than it may) and gives
// the loss and whether the guess was right.
func (w *worker) learn(p *n.Params, in *rectify.Patch, class int, marked marking) (float64, bool) {
	s := &w.state
	p.Forward(in, s)
	best := 0
	var dLogs [n.Outputs]float32
	for c, l := range s.Logs[:n.Classes] {
		if l > s.Logs[best] {
			best = c
		}
		dLogs[c] = float32(math.Exp(float64(l))) - smoothing/float32(n.Classes)
	}
	dLogs[class] -= 1 - smoothing
	if marked != maybeMarked {
		dLogs[n.Marked] = markWeight * (float32(math.Exp(float64(s.Logs[n.Marked]))) - float32(marked))
	}

	w.backFull(p, &dLogs)
	w.backConv2(p)
	w.backConv1(in)
	return -float64(s.Logs[class]), best == class
}

const (
	smoothing = 0.005
	// markWeight is what it weighs, against the character, whether there is a mark.
	markWeight = 0.5
)

func (w *worker) backFull(p *n.Params, dLogs *[n.Outputs]float32) {
	s := &w.state
	add(w.grad.BiasF2[:], dLogs[:], 1)
	for i, v := range s.Full1 {
		w.dFull1[i] = 0
		if v > 0 {
			add(w.grad.Full2[i*n.Outputs:][:n.Outputs], dLogs[:], v)
			w.dFull1[i] = dot(p.Full2[i*n.Outputs:][:n.Outputs], dLogs[:])
		}
	}
	add(w.grad.BiasF1[:], w.dFull1[:], 1)
	for i, v := range s.Conv2 {
		w.dConv2[i] = 0
		if v > 0 {
			add(w.grad.Full1[i*n.Hidden:][:n.Hidden], w.dFull1[:], v)
			w.dConv2[i] = dot(p.Full1[i*n.Hidden:][:n.Hidden], w.dFull1[:])
		}
	}
}

func (w *worker) backConv2(p *n.Params) {
	s := &w.state
	clear(w.dPool[:])
	for y := range n.Tall2 {
		for x := range n.Wide2 {
			d := w.dConv2[(y*n.Wide2+x)*n.Channels2:][:n.Channels2]
			add(w.grad.Bias2[:], d, 1)
			for ky := range 3 {
				at := ((y+ky)*n.WideP + x) * n.Channels1
				for i := range 3 * n.Channels1 {
					if v := s.Pool[at+i]; v > 0 {
						row := (ky*3*n.Channels1 + i) * n.Channels2
						add(w.grad.Conv2[row:][:n.Channels2], d, v)
						w.dPool[at+i] += dot(p.Conv2[row:][:n.Channels2], d)
					}
				}
			}
		}
	}
}

func (w *worker) backConv1(in *rectify.Patch) {
	s := &w.state
	for i, d := range w.dPool {
		if d == 0 {
			continue
		}
		chosen := s.Chosen(i)
		c := chosen % n.Channels1
		at := chosen / n.Channels1
		y, x := at/n.Wide1, at%n.Wide1
		w.grad.Bias1[c] += d
		for ky := range 3 {
			for kx := range 3 {
				w.grad.Conv1[(ky*3+kx)*n.Channels1+c] += d * in[(y+ky)*rectify.Wide+x+kx]
			}
		}
	}
}

func add(out, values []float32, by float32) {
	values = values[:len(out)]
	i := 0
	for ; i+4 <= len(out); i += 4 {
		o, v := out[i:i+4:i+4], values[i:i+4:i+4]
		o[0] += by * v[0]
		o[1] += by * v[1]
		o[2] += by * v[2]
		o[3] += by * v[3]
	}
	for ; i < len(out); i++ {
		out[i] += by * values[i]
	}
}

// dot keeps four sums, so that an addition need not wait for the one before.
func dot(a, b []float32) float32 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float32
	i := 0
	for ; i+4 <= len(a); i += 4 {
		x, y := a[i:i+4:i+4], b[i:i+4:i+4]
		s0 += x[0] * y[0]
		s1 += x[1] * y[1]
		s2 += x[2] * y[2]
		s3 += x[3] * y[3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return (s0 + s1) + (s2 + s3)
}

// adam is the optimizer of Kingma and Ba (2015).
type adam struct {
	mean, square n.Params
	step         int
}

func (a *adam) update(p, grad *n.Params, rate float64) {
	const (
		b1, b2  = 0.9, 0.999
		epsilon = 1e-8
		decay   = 1e-4 // of the weights, per unit of rate
	)
	a.step++
	c1 := 1 - math.Pow(b1, float64(a.step))
	c2 := 1 - math.Pow(b2, float64(a.step))
	params, grads, means, squares := p.Blocks(), grad.Blocks(), a.mean.Blocks(), a.square.Blocks()
	for k := range params {
		values, g, m, q := params[k].Values, grads[k].Values, means[k].Values, squares[k].Values
		for i := range values {
			m[i] = b1*m[i] + (1-b1)*g[i]
			q[i] = b2*q[i] + (1-b2)*g[i]*g[i]
			step := float64(m[i]) / c1 / (math.Sqrt(float64(q[i])/c2) + epsilon)
			values[i] -= float32(rate * (step + decay*float64(values[i])))
		}
	}
}
