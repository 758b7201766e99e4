package find

import "math"

// Poly is a curve c0 + c1·k + c2·k².
type Poly [3]float64

// At is the curve's value.
func (p Poly) At(k float64) float64 { return p[0] + k*(p[1]+k*p[2]) }

// Slope is the curve's derivative.
func (p Poly) Slope(k float64) float64 { return p[1] + 2*k*p[2] }

// Moved is the same curve counted from another beginning: q(k) = p(k+by).
func (p Poly) Moved(by float64) Poly {
	return Poly{p.At(by), p.Slope(by), p[2]}
}

// fit finds the curve of the given degree (1 or 2) nearest to the points by
// least squares; points with weight 0 do not count.
func fit(k, y, weight []float64, degree int) Poly {
	n := degree + 1
	// Counting from the middle keeps the equations well conditioned.
	middle, total := 0.0, 0.0
	for i, w := range weight {
		middle += w * k[i]
		total += w
	}
	if total == 0 {
		return Poly{}
	}
	middle /= total
	var m [3][4]float64
	for i, w := range weight {
		if w == 0 {
			continue
		}
		x := k[i] - middle
		powers := [5]float64{1, x, x * x, x * x * x, x * x * x * x}
		for r := range n {
			for c := range n {
				m[r][c] += w * powers[r+c]
			}
			m[r][3] += w * powers[r] * y[i]
		}
	}
	return solve(m, n).Moved(-middle)
}

// solve is Gauss's elimination; a system without one solution gives zeros
// where it is open.
func solve(m [3][4]float64, n int) Poly {
	for c := range n {
		best := c
		for r := c; r < n; r++ {
			if math.Abs(m[r][c]) > math.Abs(m[best][c]) {
				best = r
			}
		}
		m[c], m[best] = m[best], m[c]
		if math.Abs(m[c][c]) < 1e-9 {
			continue
		}
		for r := range n {
			if r == c {
				continue
			}
			f := m[r][c] / m[c][c]
			for j := c; j < 4; j++ {
				m[r][j] -= f * m[c][j]
			}
		}
	}
	var p Poly
	for c := range n {
		if math.Abs(m[c][c]) >= 1e-9 {
			p[c] = m[c][3] / m[c][c]
		}
	}
	return p
}

// Stretched is the curve with k counted in steps f times as long around a
// middle that stays: q(k) = p(middle + (k-middle)·f).
func (p Poly) Stretched(middle, f float64) Poly {
	q := p.Moved(middle)
	q[1] *= f
	q[2] *= f * f
	return q.Moved(-middle)
}
