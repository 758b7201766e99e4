package mrzimage

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/webp"

	"mrzbot/mrzimage/internal/raster"
)

// decode gives the upright plane of a picture. The decoders know no context:
// it is asked whenever they want more of the file, and again between the rows
// of the plane. What a decoder does without reading on cannot be stopped; the
// limits of Inspect (pixels, scans) bound it.
func decode(ctx context.Context, data []byte, info Info) (*raster.Gray, error) {
	img, err := decodeImage(ctx, data, info)
	if err != nil {
		return nil, err
	}
	return planeOf(ctx, img, info.Orientation)
}

func decodeImage(ctx context.Context, data []byte, info Info) (image.Image, error) {
	var (
		img image.Image
		err error
	)
	r := &watched{ctx: ctx, data: bytes.NewReader(data)}
	switch info.Kind {
	case KindJPEG:
		img, err = jpeg.Decode(r)
	case KindPNG:
		img, err = png.Decode(r)
	case KindWebP:
		img, err = webp.Decode(r)
	default:
		return nil, ErrUnsupported
	}
	if stopped := ctx.Err(); stopped != nil {
		return nil, stopped
	}
	if err != nil {
		return nil, decodeError(err)
	}
	b := img.Bounds()
	if b.Empty() || int64(b.Dx())*int64(b.Dy()) > MaxPixels {
		return nil, ErrDamaged // the decoder found another size than the head names
	}
	return img, nil
}

// decodeError tells a rare kind of JPEG or PNG, which others may be able to
// decode, from a file that nobody can.
func decodeError(err error) error {
	var (
		rareJPEG jpeg.UnsupportedError
		rarePNG  png.UnsupportedError
	)
	if errors.As(err, &rareJPEG) || errors.As(err, &rarePNG) {
		return ErrUnsupported
	}
	return ErrDamaged
}

// watched gives a file in sips and ends it when its context does.
type watched struct {
	ctx  context.Context
	data *bytes.Reader
}

// sip is how many bytes are given before the context is asked again. In a
// progressive JPEG a few bytes can stand for a pass over the whole picture, so
// a decoder must not get many at a time.
const sip = 256

func (w *watched) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.data.Read(p[:min(len(p), sip)])
}

// turn says where the pixels of a picture go when it is set upright as its EXIF
// orientation says (EXIF 2.3, table 6): its new size, the place of the first pixel, and how far from there its neighbours to
// the right and below go.
type turn struct{ w, h, at, right, down int }

func turnOf(orientation, w, h int) turn {
	if orientation >= 5 {
		w, h = h, w
	}
	t := turn{w: w, h: h}
	switch orientation {
	case 2:
		t.at, t.right, t.down = w-1, -1, w
	case 3:
		t.at, t.right, t.down = w*h-1, -1, -w
	case 4:
		t.at, t.right, t.down = w*(h-1), 1, -w
	case 5:
		t.at, t.right, t.down = 0, w, 1
	case 6:
		t.at, t.right, t.down = w-1, w, -1
	case 7:
		t.at, t.right, t.down = w*h-1, -w, -1
	case 8:
		t.at, t.right, t.down = w*(h-1), -w, 1
	default:
		t.at, t.right, t.down = 0, 1, w
	}
	return t
}
