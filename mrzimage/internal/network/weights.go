package network

import (
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

// magic names the format and shape of the embedded file.
const magic = "mrznet1\n"

var errWeights = errors.New("network: weights do not fit this network")

// Encode writes the parameters with 8 bits each: for every block, and in it
// for every output, a scale (float32) and then the numbers as parts of it.
// That is a quarter of the size, and costs no accuracy.
func (p *Params) Encode() []byte {
	out := []byte(magic)
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
	data = data[len(magic):]
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
