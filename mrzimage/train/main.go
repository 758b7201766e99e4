// Train makes the weights of the reader's network from drawn lines:
//
//	go run ./mrzimage/train
//
// The same flags give the same weights, on any number of processors. With the
// defaults it takes some minutes on two cores.
package main

import (
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"sync"

	"mrzbot/mrzimage/internal/network"
	"mrzbot/mrzimage/internal/ocrb"
)

func main() {
	s := settings{heldOut: 4000, mixed: 250, shareSize: 32}
	flag.StringVar(&s.out, "out", "mrzimage/internal/network/weights.bin", "file to write")
	flag.IntVar(&s.batches, "batches", 3500, "number of batches")
	flag.Uint64Var(&s.seed, "seed", 1, "seed of everything random")
	flag.IntVar(&s.procs, "procs", min(2, runtime.NumCPU()), "shares computed at once; does not change the result")
	flag.Parse()
	if err := run(s, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

type settings struct {
	out            string
	batches, procs int
	heldOut        int // samples of the last line of the report
	shareSize      int // samples of a share
	// mixed samples lie ready to be drawn from: those of several sheets, so
	// that a batch is not all alike.
	mixed int
	seed  uint64
}

const (
	// shares of a batch are computed apart and added in order, so that the sum
	// does not depend on the number of processors.
	shares     = 4
	peakRate   = 2e-3
	warmUp     = 100 // batches over which the rate rises
	reportEach = 250
)

func run(s settings, report io.Writer) error {
	faces, err := ocrb.Faces()
	if err != nil {
		return err
	}
	params := initial(rand.New(rand.NewPCG(s.seed, 0)))
	optimizer := new(adam)
	workers := make([]*share, shares)
	for i := range workers {
		workers[i] = &share{source: newSource(faces, rand.New(rand.NewPCG(s.seed, uint64(i+1))), s.mixed)}
	}
	total := new(network.Params)
	loss, right := 0.0, 0
	for b := range s.batches {
		computeShares(workers, params, s)
		clearParams(total)
		for _, w := range workers {
			addParams(total, &w.grad, 1/float32(shares*s.shareSize))
			loss += w.loss
			right += w.right
		}
		optimizer.update(params, total, rateAt(b, s.batches))
		if (b+1)%reportEach == 0 {
			n := float64(reportEach * shares * s.shareSize)
			fmt.Fprintf(report, "batch %d: loss %.4f, right %.2f%%\n", b+1, loss/n, 100*float64(right)/n)
			loss, right = 0, 0
		}
	}
	encoded := params.Encode()
	quantized, err := network.Decode(encoded)
	if err != nil {
		return err
	}
	fmt.Fprintf(report, "8-bit weights, %d bytes, on drawings never seen: right %.2f%%\n", len(encoded),
		100*accuracy(quantized, newSource(faces, rand.New(rand.NewPCG(s.seed, shares+1)), s.mixed), s.heldOut))
	return os.WriteFile(s.out, encoded, 0o644)
}

// share is a worker with its own stream of samples.
type share struct {
	worker
	source *source
	loss   float64
	right  int
}

func (s *share) compute(params *network.Params, samples int) {
	clearParams(&s.grad)
	s.loss, s.right = 0, 0
	for range samples {
		sample := s.source.next()
		loss, right := s.learn(params, &sample.patch, sample.class)
		s.loss += loss
		if right {
			s.right++
		}
	}
}

func computeShares(workers []*share, params *network.Params, s settings) {
	var wait sync.WaitGroup
	slots := make(chan struct{}, max(1, s.procs))
	for _, w := range workers {
		slots <- struct{}{}
		wait.Go(func() {
			w.compute(params, s.shareSize)
			<-slots
		})
	}
	wait.Wait()
}

// rateAt rises from nothing, then falls along half a cosine.
func rateAt(batch, batches int) float64 {
	if batch < warmUp {
		return peakRate * float64(batch+1) / warmUp
	}
	return peakRate * 0.5 * (1 + math.Cos(math.Pi*float64(batch)/float64(batches)))
}

// initial spreads the weights by the number of inputs (He et al., 2015).
func initial(r *rand.Rand) *network.Params {
	p := new(network.Params)
	for _, b := range p.Blocks() {
		inputs := len(b.Values) / b.Outputs
		if inputs == 1 {
			continue // biases start at nothing
		}
		spread := math.Sqrt(2 / float64(inputs))
		for i := range b.Values {
			b.Values[i] = float32(r.NormFloat64() * spread)
		}
	}
	return p
}

func accuracy(p *network.Params, s *source, samples int) float64 {
	var state network.State
	right := 0
	for range samples {
		sample := s.next()
		p.Forward(&sample.patch, &state)
		best := 0
		for c, l := range state.Logs {
			if l > state.Logs[best] {
				best = c
			}
		}
		if best == sample.class {
			right++
		}
	}
	return float64(right) / float64(samples)
}

func clearParams(p *network.Params) { *p = network.Params{} }

func addParams(sum, p *network.Params, by float32) {
	to := sum.Blocks()
	for i, b := range p.Blocks() {
		add(to[i].Values, b.Values, by)
	}
}
