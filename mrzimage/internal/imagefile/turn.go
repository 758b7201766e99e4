package imagefile

import (
	"bytes"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math"

	"golang.org/x/image/webp"
)

// turnQuality is that of the JPEG a turned picture becomes: better than those of
// phones and of Telegram, so that nothing of a character is lost.
const turnQuality = 93

// TurnedBy is the orientation (EXIF, 1 to 8) of a picture of this one, with the text in
// it at an angle, in degrees clockwise, once it is upright as its file says. The text of
// the picture turned so runs level, the right way up.
func TurnedBy(orientation int, angle float64) int {
	quarters := (int(math.Round(-angle/90))%4 + 4) % 4
	flip, turn := 0, 0
	for f := range turns {
		for q, o := range turns[f] {
			if o == orientation {
				flip, turn = f, q
			}
		}
	}
	return turns[flip][(turn+quarters)%4]
}

// turns gives the orientation that is shown by so many quarters clockwise; those of the
// second row are flipped from left to right before.
var turns = [2][4]int{{1, 6, 3, 8}, {2, 7, 4, 5}}

// TurnMemory is the most memory, in bytes, that Turn takes.
func (i Info) TurnMemory() int64 {
	pixels := int64(i.Width) * int64(i.Height)
	return i.turn + pixels*turnBytes
}

// turnBytes for each pixel are a picture with four colours, the same turned, and its
// file.
const turnBytes = 4 + 4 + 1

// Turn gives the picture as a JPEG that is upright by itself, without metadata: turned
// by an orientation, whatever its own file says. What is turned is coded again. One that
// need not be is copied as it is coded. Errors are ErrUnsupported, ErrDamaged and
// ErrRare: what cannot be turned whole is not.
func Turn(data []byte, info Info, orientation int) ([]byte, error) {
	if orientation == 1 && info.Kind == KindJPEG {
		info.Orientation = 1
		return stripJPEG(data, info)
	}
	img, err := decodeWhole(data, info.Kind)
	if err != nil {
		return nil, err
	}
	var turned image.Image
	switch m := img.(type) {
	case *image.Gray:
		out := image.NewGray(image.Rectangle{Max: sizeAfter(m.Rect, orientation)})
		turnPlane(m.Pix, m.Stride, m.Rect, out.Pix, out.Stride, 1, orientation)
		turned = out
	case *image.YCbCr:
		if turned = turnYCbCr(m, orientation); turned == nil {
			return nil, ErrRare
		}
	default:
		flat := image.NewRGBA(image.Rectangle{Max: img.Bounds().Size()})
		draw.Draw(flat, flat.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(flat, flat.Rect, img, img.Bounds().Min, draw.Over)
		out := image.NewRGBA(image.Rectangle{Max: sizeAfter(flat.Rect, orientation)})
		turnPlane(flat.Pix, flat.Stride, flat.Rect, out.Pix, out.Stride, 4, orientation)
		turned = out
	}
	var file bytes.Buffer
	if err := jpeg.Encode(&file, turned, &jpeg.Options{Quality: turnQuality}); err != nil {
		return nil, ErrRare // its sides are too long
	}
	return file.Bytes(), nil
}

// decodeWhole gives a picture with its colours, or none if anything of it is missing.
func decodeWhole(data []byte, kind Kind) (img image.Image, err error) {
	switch kind {
	case KindJPEG:
		img, err = jpeg.Decode(bytes.NewReader(data))
	case KindPNG:
		img, err = png.Decode(bytes.NewReader(data))
	case KindWebP:
		img, err = webp.Decode(bytes.NewReader(data))
	default:
		return nil, ErrUnsupported
	}
	if err != nil {
		return nil, ErrDamaged
	}
	return img, nil
}

// ratiosTurned are those of a picture whose sides change places; others do not turn.
var ratiosTurned = map[image.YCbCrSubsampleRatio]image.YCbCrSubsampleRatio{
	image.YCbCrSubsampleRatio444: image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio420: image.YCbCrSubsampleRatio420,
	image.YCbCrSubsampleRatio422: image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio440: image.YCbCrSubsampleRatio422,
}

// turnYCbCr turns each plane by itself; nil: it cannot be.
func turnYCbCr(m *image.YCbCr, orientation int) image.Image {
	ratio := m.SubsampleRatio
	if orientation >= 5 {
		var known bool
		if ratio, known = ratiosTurned[ratio]; !known {
			return nil
		}
	}
	if m.Rect.Min != (image.Point{}) {
		return nil
	}
	out := image.NewYCbCr(image.Rectangle{Max: sizeAfter(m.Rect, orientation)}, ratio)
	turnPlane(m.Y, m.YStride, m.Rect, out.Y, out.YStride, 1, orientation)
	colour := chromaOf(m)
	turnPlane(m.Cb, m.CStride, colour, out.Cb, out.CStride, 1, orientation)
	turnPlane(m.Cr, m.CStride, colour, out.Cr, out.CStride, 1, orientation)
	return out
}

// chromaOf is the size of the planes of colour.
func chromaOf(m *image.YCbCr) image.Rectangle {
	end := m.COffset(m.Rect.Max.X-1, m.Rect.Max.Y-1)
	return image.Rect(0, 0, end%m.CStride+1, end/m.CStride+1)
}

// sizeAfter is the size of a picture that was turned.
func sizeAfter(r image.Rectangle, orientation int) image.Point {
	if orientation >= 5 {
		return image.Pt(r.Dy(), r.Dx())
	}
	return r.Size()
}

// turnPlane copies a plane, of so many bytes a pixel, as an orientation shows it.
func turnPlane(from []byte, fromStride int, r image.Rectangle, to []byte, toStride, bytes, orientation int) {
	w, h := r.Dx(), r.Dy()
	right, down := bytes, fromStride // to the next pixel, and the next row, of what is shown
	at := 0
	if orientation >= 5 {
		right, down = fromStride, bytes
	}
	switch orientation {
	case 2, 3, 7, 8:
		at += (w - 1) * bytes // from the right
	}
	switch orientation {
	case 3, 4, 6, 7:
		at += (h - 1) * fromStride // from below
	}
	switch orientation {
	case 2:
		right = -right
	case 3:
		right, down = -right, -down
	case 4:
		down = -down
	case 6:
		right = -right
	case 7:
		right, down = -right, -down
	case 8:
		down = -down
	}
	size := sizeAfter(r, orientation)
	for y := range size.Y {
		src, dst := at+y*down, y*toStride
		if bytes == 1 {
			for x := range to[dst : dst+size.X] {
				to[dst+x] = from[src]
				src += right
			}
			continue
		}
		for range size.X {
			copy(to[dst:dst+bytes], from[src:src+bytes])
			src += right
			dst += bytes
		}
	}
}
