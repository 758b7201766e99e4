package main

import (
	"bytes"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage/internal/network"
	"mrzbot/mrzimage/internal/ocrb"
)

// The gradient is what the loss does when a weight is moved a little.
func TestGradientAgreesWithTheLoss(t *testing.T) {
	faces, err := ocrb.Faces()
	require.NoError(t, err)
	r := rand.New(rand.NewPCG(5, 5))
	s := newSource(faces, r, 1).next()
	p := initial(r)
	var w worker
	w.learn(p, &s.patch, s.class, markedCell)

	loss := func() float64 {
		var state network.State
		p.Forward(&s.patch, &state)
		sum := -(1 - smoothing) * float64(state.Logs[s.class])
		for _, l := range state.Logs[:network.Classes] {
			sum -= smoothing / float64(network.Classes) * float64(l)
		}
		return sum - markWeight*float64(state.Logs[network.Marked])
	}
	grads, here := w.grad.Blocks(), loss()
	for i, b := range p.Blocks() {
		bent := 0
		for range 12 {
			k := r.IntN(len(b.Values))
			const step = 1e-3
			kept := b.Values[k]
			b.Values[k] = kept + step
			up := loss()
			b.Values[k] = kept - step
			down := loss()
			b.Values[k] = kept
			within := 0.02 + 0.05*math.Abs(float64(grads[i].Values[k]))
			if math.Abs(up-here-(here-down))/step > within {
				bent++ // rectifying and halving bend the loss just here: it has no one slope
				continue
			}
			require.InDelta(t, (up-down)/(2*step), grads[i].Values[k], within, "block %d, value %d", i, k)
		}
		require.LessOrEqual(t, bent, 3, "block %d", i)
	}
}

func TestTrainingIsReproducible(t *testing.T) {
	var files [2][]byte
	for i := range files {
		out := filepath.Join(t.TempDir(), "weights.bin")
		var report bytes.Buffer
		require.NoError(t, run(settings{
			out: out, batches: 2, procs: i + 1, seed: 3, heldOut: 4, shareSize: 4, mixed: 1,
		}, &report))
		var err error
		files[i], err = os.ReadFile(out)
		require.NoError(t, err)
		require.Contains(t, report.String(), "8-bit weights")
	}
	require.Equal(t, files[0], files[1], "the number of processors must not matter")
}

// The embedded weights were made by this trainer: its first batches give what
// their file says of the first batches. `go run ./mrzimage/train -check` goes
// all the way.
func TestEmbeddedWeightsBeganWithThisTrainer(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the weights were trained on amd64, whose rounding is its own")
	}
	training, err := newTraining(defaults())
	require.NoError(t, err)
	for b := range startAfter {
		training.batch(b)
	}
	require.Equal(t, network.LoadedStart(), training.params.StartHere(), "the trainer was changed: train again")
}

func TestCheckTellsOtherWeights(t *testing.T) {
	s := settings{
		out: filepath.Join(t.TempDir(), "weights.bin"), batches: startAfter, procs: 1, seed: 3, heldOut: 4, shareSize: 2, mixed: 1,
	}
	var report bytes.Buffer
	require.NoError(t, run(s, &report))
	s.check = true
	require.NoError(t, run(s, &report))
	s.seed++
	require.ErrorIs(t, run(s, &report), errOther)
}
