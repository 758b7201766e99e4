package imagefile

import "mrzbot/mrzimage/internal/codec"

// pngKept are the chunks that decoding and faithful colours need, with the
// exact length of those that have one (0: any), so that nothing hides in them.
var pngKept = map[string]int{
	"IHDR": 13, "PLTE": 0, "tRNS": 0, "IDAT": 0,
	"gAMA": 4, "cHRM": 32, "sRGB": 1,
}

// stripPNG writes what is kept with checksums and an end of its own, so that a
// file in which these are wrong or missing becomes one that others take.
func stripPNG(data []byte, orientation int) ([]byte, error) {
	out := make([]byte, 0, len(data))
	out = append(out, codec.PNGSignature...)
	codec.WalkPNG(data, func(c codec.Chunk) bool {
		if length, kept := pngKept[c.Kind]; !kept || length != 0 && length != len(c.Payload) {
			return true
		}
		out = codec.AppendPNGChunk(out, c.Kind, c.Payload)
		if c.Kind == "IHDR" && orientation != 1 {
			out = codec.AppendPNGChunk(out, "eXIf", orientationTIFF(orientation))
		}
		return true
	})
	return codec.AppendPNGChunk(out, "IEND", nil), nil
}
