// Train makes the weights of the reader's network from drawn lines:
//
//	go run ./mrzimage/train
//	go run ./mrzimage/train -check   the same, held against the file that is there
//
// The same flags give the same weights, on any number of processors of one
// kind; processors that multiply and add in one step (arm64) round otherwise.
// With the defaults it takes some minutes on two cores of their own.
package main

import (
	"bytes"
	"errors"
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
	s := defaults()
	flag.StringVar(&s.out, "out", s.out, "file to write")
	flag.BoolVar(&s.check, "check", false, "compare with the file instead of writing it")
	flag.IntVar(&s.batches, "batches", s.batches, "number of batches")
	flag.Uint64Var(&s.seed, "seed", s.seed, "seed of everything random")
	flag.IntVar(&s.procs, "procs", s.procs, "shares computed at once; does not change the result")
	flag.Parse()
	if err := run(s, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

type settings struct {
	out            string
	check          bool
	batches, procs int
	heldOut        int // samples of the last line of the report
	shareSize      int // samples of a share
	// mixed samples lie ready to be drawn from: those of several sheets, so
	// that a batch is not all alike.
	mixed int
	seed  uint64
}

// defaults make the weights that are embedded.
func defaults() settings {
	return settings{
		out: "mrzimage/internal/network/weights.bin", batches: 12000, procs: min(2, runtime.NumCPU()),
		heldOut: 4000, shareSize: 16, mixed: 600, seed: 1,
	}
}

const (
	// shares of a batch are computed apart and added in order, so that the sum
	// does not depend on the number of processors.
	shares     = 4
	peakRate   = 2e-3
	warmUp     = 100 // batches over which the rate rises
	reportEach = 250
	// startAfter so many batches the weights tell how the training began.
	startAfter = 4
)

// training is a network in the making.
type training struct {
	settings
	params    *network.Params
	optimizer *adam
	workers   []*share
	total     *network.Params
	loss      float64 // since the last report
	right     int
}

func newTraining(s settings) (*training, error) {
	faces, err := ocrb.Faces()
	if err != nil {
		return nil, err
	}
	t := &training{
		settings: s, params: initial(rand.New(rand.NewPCG(s.seed, 0))),
		optimizer: new(adam), total: new(network.Params),
	}
	for i := range uint64(shares) {
		t.workers = append(t.workers, &share{source: newSource(faces, rand.New(rand.NewPCG(s.seed, i+1)), s.mixed)})
	}
	return t, nil
}

// batch takes one step.
func (t *training) batch(b int) {
	computeShares(t.workers, t.params, t.settings)
	clearParams(t.total)
	for _, w := range t.workers {
		addParams(t.total, &w.grad, 1/float32(shares*t.shareSize))
		t.loss += w.loss
		t.right += w.right
	}
	t.optimizer.update(t.params, t.total, rateAt(b, t.batches))
}

func (t *training) report(b int, out io.Writer) {
	n := float64(reportEach * shares * t.shareSize)
	fmt.Fprintf(out, "batch %d: loss %.4f, right %.2f%%\n", b, t.loss/n, 100*float64(t.right)/n)
	t.loss, t.right = 0, 0
}

var errOther = errors.New("the file holds other weights than this training gives")

func run(s settings, report io.Writer) error {
	t, err := newTraining(s)
	if err != nil {
		return err
	}
	var start network.Start
	for b := range s.batches {
		t.batch(b)
		if b+1 == startAfter {
			start = t.params.StartHere()
		}
		if (b+1)%reportEach == 0 {
			t.report(b+1, report)
		}
	}
	encoded := t.params.Encode(start)
	quantized, err := network.Decode(encoded)
	if err != nil {
		return err
	}
	unseen := newSource(t.workers[0].source.faces, rand.New(rand.NewPCG(s.seed, shares+1)), s.mixed)
	fmt.Fprintf(report, "8-bit weights, %d bytes, on drawings never seen: right %.2f%%\n", len(encoded),
		100*accuracy(quantized, unseen, s.heldOut))
	if !s.check {
		return os.WriteFile(s.out, encoded, 0o644)
	}
	there, err := os.ReadFile(s.out)
	if err != nil {
		return err
	}
	if !bytes.Equal(there, encoded) {
		return errOther
	}
	return nil
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
		loss, right := s.learn(params, &sample.patch, sample.class, sample.marked)
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
		for c, l := range state.Logs[:network.Classes] {
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
