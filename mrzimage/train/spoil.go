package main

import "math"

// spreadInk makes strokes wider or thinner, and uneven.
func (sh *sheet) spreadInk() {
	if sh.chance(0.75) {
		radius := sh.uniform(0.022, 0.07) * float64(sh.w) / (columns + 3) // in cells
		blur(sh.ink, sh.w, sh.h, radius, radius)
		// A steep step at another height than a half moves the strokes' edges.
		at := float32(sh.uniform(0.2, 0.72))
		steep := float32(sh.uniform(2.5, 6))
		for i, v := range sh.ink {
			sh.ink[i] = min(max((v-at)*steep+0.5, 0), 1)
		}
	}
	if sh.chance(0.25) { // worn or badly printed
		worn := sh.clouds(float64(sh.w)/sh.uniform(6, 30), 1)
		depth := float32(sh.uniform(0.1, 0.5))
		for i := range sh.ink {
			sh.ink[i] *= 1 - depth*worn[i]
		}
	}
}

// layPaper chooses ink and paper, and prints a pattern of fine lines on it.
func (sh *sheet) layPaper() {
	sh.black = sh.uniform(0, 110)
	white := min(255, sh.black+sh.uniform(45, 220))
	if sh.chance(0.12) { // a dark photo
		f := sh.uniform(0.2, 0.5)
		sh.black *= f
		white *= f
	}
	sh.paper = make([]float32, sh.w*sh.h)
	for i := range sh.paper {
		sh.paper[i] = float32(white)
	}
	contrast := white - sh.black
	if sh.chance(0.5) {
		slopeX, slopeY := sh.uniform(-0.3, 0.3)*contrast, sh.uniform(-0.3, 0.3)*contrast
		for i := range sh.paper {
			x, y := float64(i%sh.w)/float64(sh.w)-0.5, float64(i/sh.w)/float64(sh.h)-0.5
			sh.paper[i] += float32(slopeX*x + slopeY*y)
		}
	}
	if sh.chance(0.4) {
		c := sh.clouds(float64(sh.w)/sh.uniform(2, 12), float32(sh.uniform(0.05, 0.35)*contrast))
		for i, v := range c {
			sh.paper[i] -= v
		}
	}
	for range sh.rand.IntN(4) {
		if sh.chance(0.7) {
			depth := sh.uniform(0.08, 0.55)
			sh.guilloche(depth * contrast)
			sh.lined = sh.lined || depth > likeMarks
		}
	}
}

// likeMarks is the depth of lines, in parts of the contrast, that nobody tells
// from a pen's.
const likeMarks = 0.22

// guilloche darkens the paper along wavy lines.
func (sh *sheet) guilloche(depth float64) {
	cell := float64(sh.w) / (columns + 3)
	apart := cell * 0.15 * math.Pow(10, sh.rand.Float64()) // from a hatching to single lines
	thick := min(cell*sh.uniform(0.03, 0.14), apart/3)
	angle := sh.uniform(0, math.Pi)
	wave := cell * sh.uniform(0, 1.5)
	length := cell * sh.uniform(1, 8)
	phase := sh.uniform(0, 2*math.Pi)
	cos, sin := math.Cos(angle), math.Sin(angle)
	for y := range sh.h {
		for x := range sh.w {
			u := cos*float64(x) + sin*float64(y)
			v := -sin*float64(x) + cos*float64(y) + wave*math.Sin(u/length+phase)
			off := math.Abs(v - apart*math.Round(v/apart))
			if off < 2*thick {
				sh.paper[y*sh.w+x] -= float32(depth * math.Exp(-off*off/(thick*thick)))
			}
		}
	}
}

// clouds is smooth noise between 0 and top; size is that of a cloud in pixels.
func (sh *sheet) clouds(size float64, top float32) []float32 {
	w, h := int(float64(sh.w)/size)+3, int(float64(sh.h)/size)+3
	grid := make([]float32, w*h)
	for i := range grid {
		grid[i] = sh.rand.Float32() * top
	}
	out := make([]float32, sh.w*sh.h)
	for y := range sh.h {
		fy := float64(y) / size
		iy := int(fy)
		ty := float32(fy - float64(iy))
		for x := range sh.w {
			fx := float64(x) / size
			ix := int(fx)
			tx := float32(fx - float64(ix))
			a, b := grid[iy*w+ix], grid[iy*w+ix+1]
			c, d := grid[(iy+1)*w+ix], grid[(iy+1)*w+ix+1]
			top := a + tx*(b-a)
			out[y*sh.w+x] = top + ty*(c+tx*(d-c)-top)
		}
	}
	return out
}

// blur is a Gaussian with its own width in each direction.
func blur(plane []float32, w, h int, x, y float64) {
	row := make([]float32, max(w, h))
	if kernel := gaussian(x); len(kernel) > 1 {
		for at := 0; at < w*h; at += w {
			convolve(plane[at:], 1, w, kernel, row)
		}
	}
	if kernel := gaussian(y); len(kernel) > 1 {
		for at := range w {
			convolve(plane[at:], w, h, kernel, row)
		}
	}
}

func convolve(values []float32, stride, n int, kernel, line []float32) {
	for i := range n {
		line[i] = values[i*stride]
	}
	half := len(kernel) / 2
	for i := range n {
		sum := float32(0)
		if i >= half && i+half < n {
			for k, v := range line[i-half : i+half+1] {
				sum += kernel[k] * v
			}
		} else {
			for k, weight := range kernel {
				sum += weight * line[min(max(i+k-half, 0), n-1)]
			}
		}
		values[i*stride] = sum
	}
}

func gaussian(sigma float64) []float32 {
	if sigma < 0.2 {
		return []float32{1}
	}
	half := int(math.Ceil(2.5 * sigma))
	kernel := make([]float32, 2*half+1)
	sum := 0.0
	for i := range kernel {
		d := float64(i-half) / sigma
		v := math.Exp(-d * d / 2)
		kernel[i] = float32(v)
		sum += v
	}
	for i := range kernel {
		kernel[i] /= float32(sum)
	}
	return kernel
}
