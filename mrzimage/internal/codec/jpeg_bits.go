package codec

import "encoding/binary"

// bits reads the coded data of a JPEG scan, where a byte FF is followed by a
// stuffed zero (ITU-T T.81, F.1.2.3). It never fails: at a marker or the end of
// the file it gives zeros, and says so.
type bits struct {
	data   []byte
	at     int
	acc    uint64 // the next bits, the first on top
	n      int    // how many of acc are to be read
	zeros  int    // how many of those were put there because nothing was left
	marker byte   // the marker that was met: data[at] is its FF; 0: none yet
	ended  bool
}

// fill sees to it that at least 32 bits are there.
func (b *bits) fill() {
	if b.n >= 32 {
		return
	}
	if !b.ended && b.at+4 <= len(b.data) {
		v := binary.BigEndian.Uint32(b.data[b.at:])
		if (^v-0x01010101)&v&0x80808080 == 0 { // no byte is FF
			b.acc |= uint64(v) << (32 - b.n)
			b.n += 32
			b.at += 4
			return
		}
	}
	for b.n <= 56 {
		v, ok := b.next()
		if !ok {
			b.zeros += 64 - b.n
			b.n = 64
			return
		}
		b.acc |= uint64(v) << (56 - b.n)
		b.n += 8
	}
}

// next is the next byte of data.
func (b *bits) next() (byte, bool) {
	for !b.ended {
		switch {
		case b.at >= len(b.data):
			b.ended = true
		case b.data[b.at] != 0xFF:
			b.at++
			return b.data[b.at-1], true
		case b.at+1 >= len(b.data):
			b.ended = true
		case b.data[b.at+1] == 0:
			b.at += 2
			return 0xFF, true
		case b.data[b.at+1] == 0xFF:
			b.at++ // a fill byte
		default:
			b.marker, b.ended = b.data[b.at+1], true
		}
	}
	return 0, false
}

// used up: more was read than there was.
func (b *bits) usedUp() bool { return b.zeros > b.n }

// take reads n bits, 16 at most, that fill has put there.
func (b *bits) take(n int) int32 {
	v := int32(b.acc >> (64 - n))
	b.acc <<= n
	b.n -= n
	return v
}

// bit reads one.
func (b *bits) bit() bool {
	b.fill()
	return b.take(1) != 0
}

// signed reads a number of n bits as JPEG codes it (T.81, F.2.2.1, EXTEND).
func (b *bits) signed(n int) int32 {
	if n == 0 {
		return 0
	}
	b.fill()
	v := b.take(n)
	if v < 1<<(n-1) {
		v += -1<<n + 1
	}
	return v
}

// restart begins again after a marker.
func (b *bits) restart(at int) { *b = bits{data: b.data, at: at} }

// place is where in the data the next bit stands.
func (b *bits) place() int {
	at := b.at
	for left := (b.n - b.zeros) / 8; left > 0 && at > 0; left-- {
		at--
		if at > 0 && b.data[at] == 0 && b.data[at-1] == 0xFF {
			at--
		}
	}
	return at
}

// lookBits is the length of the codes that are found at one look.
const lookBits = 9

// huffman is a table of codes (T.81, annex C).
type huffman struct {
	look   [1 << lookBits]uint16 // length of the code, and its value; 0: longer
	direct [1 << lookBits]int32  // for coefficients: number, run and length in all; 0: not in one look
	last   [17]int32             // the largest code of each length; -1: none
	first  [17]int32             // of its values, less the smallest code
	values [256]byte
}

// newHuffman makes a table from the number of codes of each length, and their
// values; nil when that is none.
func newHuffman(counts *[16]byte, values []byte) *huffman {
	h := &huffman{}
	copy(h.values[:], values)
	code, n := int32(0), int32(0)
	for length := 1; length <= 16; length++ {
		count := int32(counts[length-1])
		h.first[length], h.last[length] = n-code, -1
		if code+count > 1<<length {
			return nil
		}
		for range count {
			if length <= lookBits {
				from := code << (lookBits - length)
				for i := range int32(1) << (lookBits - length) {
					h.look[from+i] = uint16(length)<<8 | uint16(h.values[n])
				}
			}
			code++
			n++
		}
		if count > 0 {
			h.last[length] = code - 1
		}
		code <<= 1
	}
	h.fillDirect()
	return h
}

// fillDirect notes the coefficients whose code and number are found together.
func (h *huffman) fillDirect() {
	for i := range h.look {
		length, value := int(h.look[i]>>8), int(h.look[i]&0xFF)
		size := value & 15
		if length == 0 || size == 0 || length+size > lookBits {
			continue
		}
		v := int32(i) >> (lookBits - length - size) & (1<<size - 1)
		if v < 1<<(size-1) {
			v += -1<<size + 1
		}
		h.direct[i] = v<<16 | int32(value>>4)<<8 | int32(length+size)
	}
}

// decode reads one code; ok is false where there is none.
func (h *huffman) decode(b *bits) (value byte, ok bool) {
	b.fill()
	if e := h.look[b.acc>>(64-lookBits)]; e != 0 {
		n := int(e >> 8)
		b.acc <<= n
		b.n -= n
		return byte(e), true
	}
	for length := lookBits + 1; length <= 16; length++ {
		code := int32(b.acc >> (64 - length))
		if code <= h.last[length] {
			b.acc <<= length
			b.n -= length
			return h.values[(h.first[length]+code)&0xFF], true
		}
	}
	b.acc <<= 1 // so that what follows is tried
	b.n--
	return 0, false
}
