package network

import (
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"errors"
	"math"
)

// weights are the parameters as Encode writes them. They are made by
//
//	go run ./mrzimage/train
//
//go:embed weights.bin
var weights []byte

// Load gives the embedded network.
func Load() (*Params, error) { return Decode(weights) }

// LoadedStart is the Start of the embedded network.
func LoadedStart() Start {
	var s Start
	copy(s[:], weights[min(len(magic), len(weights)):])
	return s
}

// Start tells how a training began: it is a sum over the weights after its
// first few batches. A trainer that begins otherwise ends otherwise, too, so
// that a file which does not fit the trainer is known without hours of work.
type Start [sha256.Size]byte

// StartHere is the Start of a training whose weights are these now.
func (p *Params) StartHere() Start {
	var b []byte
	for _, block := range p.Blocks() {
		for _, v := range block.Values {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	}
	return sha256.Sum256(b)
}

// magic names the format and shape of the embedded file.
const magic = "mrznet3\n"

var errWeights = errors.New("network: weights do not fit this network")

// Encode writes how the training began, and then the parameters with 8 bits
// each: for every block, and in it for every output, a scale (float32) and then
// the numbers as parts of it. That is a quarter of the size, and costs no
// accuracy.
func (p *Params) Encode(start Start) []byte {
	out := append([]byte(magic), start[:]...)
	for _, b := range p.Blocks() {
		scales := make([]float32, b.Outputs)
		for i, v := range b.Values {
			scales[i%b.Outputs] = max(scales[i%b.Outputs], float32(math.Abs(float64(v)))/127)
		}
		for _, s := range scales {
			out = binary.LittleEndian.AppendUint32(out, math.Float32bits(s))
		}
		for i, v := range b.Values {
			q := 0.0
			if s := scales[i%b.Outputs]; s > 0 {
				q = math.Round(float64(v / s))
			}
			out = append(out, byte(int8(q)))
		}
	}
	return out
}

// Decode reads what Encode wrote.
func Decode(data []byte) (*Params, error) {
	if len(data) < len(magic) || string(data[:len(magic)]) != magic {
		return nil, errWeights
	}
	if len(data) < len(magic)+len(Start{}) {
		return nil, errWeights
	}
	data = data[len(magic)+len(Start{}):]
	p := new(Params)
	for _, b := range p.Blocks() {
		if len(data) < 4*b.Outputs+len(b.Values) {
			return nil, errWeights
		}
		scales := make([]float32, b.Outputs)
		for i := range scales {
			scales[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
		}
		data = data[4*b.Outputs:]
		for i := range b.Values {
			b.Values[i] = float32(int8(data[i])) * scales[i%b.Outputs]
		}
		data = data[len(b.Values):]
	}
	if len(data) != 0 {
		return nil, errWeights
	}
	return p, nil
}
