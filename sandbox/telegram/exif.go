package faketelegram

import (
	"bytes"
	"encoding/binary"
	"image"

	"golang.org/x/image/draw"
	"golang.org/x/image/math/f64"
)

// orientation reads the EXIF orientation of a JPEG, 1 to 8; 1 when there is
// none (Exif 2.32, 4.6.4, tag 0x0112).
func orientation(jpeg []byte) int {
	const orientationTag = 0x0112
	tiff := exif(jpeg)
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if bytes.HasPrefix(tiff, []byte("MM")) {
		order = binary.BigEndian
	}
	at := int(order.Uint32(tiff[4:]))
	if at < 8 || at+2 > len(tiff) {
		return 1
	}
	for entries := int(order.Uint16(tiff[at:])); entries > 0; entries-- {
		entry := at + 2 + 12*(entries-1)
		if entry+12 > len(tiff) {
			continue
		}
		if order.Uint16(tiff[entry:]) == orientationTag {
			if value := int(order.Uint16(tiff[entry+8:])); value >= 1 && value <= 8 {
				return value
			}
		}
	}
	return 1
}

// exif is the TIFF structure inside a JPEG's APP1 segment; nil: none.
func exif(jpeg []byte) []byte {
	const startOfScan = 0xDA
	for at := 2; at+4 <= len(jpeg) && jpeg[at] == 0xFF; {
		marker, size := jpeg[at+1], int(binary.BigEndian.Uint16(jpeg[at+2:]))
		if marker == startOfScan || size < 2 || at+2+size > len(jpeg) {
			return nil
		}
		segment := jpeg[at+4 : at+2+size]
		if rest, ok := bytes.CutPrefix(segment, []byte("Exif\x00\x00")); ok && marker == 0xE1 {
			return rest
		}
		at += 2 + size
	}
	return nil
}

// turn makes a picture upright that was stored with that orientation.
func turn(picture image.Image, orientation int) image.Image {
	if orientation < 2 || orientation > 8 {
		return picture
	}
	b := picture.Bounds()
	w, h := float64(b.Dx()), float64(b.Dy())
	size := image.Rect(0, 0, b.Dx(), b.Dy())
	if orientation >= 5 {
		size = image.Rect(0, 0, b.Dy(), b.Dx())
	}
	// Where a point of the stored picture goes.
	matrix := map[int]f64.Aff3{
		2: {-1, 0, w, 0, 1, 0},
		3: {-1, 0, w, 0, -1, h},
		4: {1, 0, 0, 0, -1, h},
		5: {0, 1, 0, 1, 0, 0},
		6: {0, -1, h, 1, 0, 0},
		7: {0, -1, h, -1, 0, w},
		8: {0, 1, 0, -1, 0, w},
	}[orientation]
	out := image.NewRGBA(size)
	draw.NearestNeighbor.Transform(out, matrix, picture, b, draw.Src, nil)
	return out
}
