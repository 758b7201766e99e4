// Package filetest makes picture files for tests: as small as their formats allow for
// as many pixels as are asked for.
package filetest

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage/internal/codec"
)

// FlatJPEG is a grey JPEG whose file is as small as the format allows: two bits
// for a block of 64 pixels, and in a progressive one 15 bits for a pass over
// 32,767 blocks.
type FlatJPEG struct {
	W, H       int
	Components int // 1, 3 or 4 (CMYK)
	Passes     int // of a progressive file, besides the first; 0: a baseline one
}

// Bytes is the file.
func (f FlatJPEG) Bytes() []byte {
	out := []byte{0xFF, codec.SOI}
	if f.Components == 4 {
		out = codec.AppendSegment(out, codec.APP14, []byte("Adobe\x00\x64\x00\x00\x00\x00\x00")) // the colours are plain CMYK
	}
	out = codec.AppendSegment(out, 0xDB, append([]byte{0}, ones(64)...))
	frame := []byte{8, byte(f.H >> 8), byte(f.H), byte(f.W >> 8), byte(f.W), byte(f.Components)}
	scan := []byte{byte(f.Components)}
	for i := range f.Components {
		frame = append(frame, byte(i+1), 0x11, 0)
		scan = append(scan, byte(i+1), 0)
	}
	blocks := (f.W + 7) / 8 * ((f.H + 7) / 8)
	if f.Passes == 0 {
		out = codec.AppendSegment(out, codec.SOF0, frame)
		out = codec.AppendSegment(out, 0xC4, oneCode(0x00, 0)) // no difference to the block before
		out = codec.AppendSegment(out, 0xC4, oneCode(0x10, 0)) // end of block
		out = codec.AppendSegment(out, codec.SOS, append(scan, 0, 63, 0))
		out = append(out, make([]byte, (2*blocks*f.Components+7)/8+1)...)
		return append(out, 0xFF, codec.EOI)
	}
	out = codec.AppendSegment(out, codec.SOF2, frame)
	out = codec.AppendSegment(out, 0xC4, oneCode(0x00, 0))
	out = codec.AppendSegment(out, 0xC4, oneCode(0x10, 0xE0)) // end of band, for 16,384 blocks and those that 14 bits tell
	out = codec.AppendSegment(out, codec.SOS, append(scan, 0, 0, 0))
	out = append(out, make([]byte, (blocks*f.Components+7)/8+1)...)
	for range f.Passes {
		out = codec.AppendSegment(out, codec.SOS, []byte{1, 1, 0, 1, 63, 0})
		out = append(out, make([]byte, (15*(blocks/16384+1)+7)/8+1)...)
	}
	return append(out, 0xFF, codec.EOI)
}

func ones(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = 1
	}
	return b
}

// oneCode is a table with one code, of one bit.
func oneCode(class, value byte) []byte {
	return append(append([]byte{class, 1}, make([]byte, 15)...), value)
}

// EmptyPNG is a picture of one tone in a file as small as can be.
func EmptyPNG(t testing.TB, w, h int, depth, color, interlaced byte) []byte {
	t.Helper()
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(w)), uint32(h))
	head = append(head, depth, color, 0, 0, interlaced)
	sizes, ok := codec.PNGHeadOf(head)
	require.True(t, ok)
	var rows bytes.Buffer
	z, err := zlib.NewWriterLevel(&rows, zlib.BestSpeed)
	require.NoError(t, err)
	zeros := make([]byte, 1<<20)
	for left := sizes.RawBytes() + 2*int64(h); left > 0; left -= int64(len(zeros)) {
		_, err := z.Write(zeros[:min(left, int64(len(zeros)))])
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	out := codec.AppendPNGChunk([]byte(codec.PNGSignature), "IHDR", head)
	if color == 3 {
		out = codec.AppendPNGChunk(out, "PLTE", []byte{1, 2, 3})
	}
	return codec.AppendPNGChunk(codec.AppendPNGChunk(out, "IDAT", rows.Bytes()), "IEND", nil)
}
