package imagefile

import (
	"bytes"
	"context"
	"errors"

	"golang.org/x/image/webp"

	"mrzbot/mrzimage/internal/codec"
)

// Decode gives the upright plane of a picture, or of what is there of it. Errors
// are ErrRare, ErrDamaged and the context's own, which is asked again and again
// on the way.
func Decode(ctx context.Context, data []byte, info Info) (codec.Plane, error) {
	var (
		p   codec.Plane
		err error
	)
	how := codec.How{By: info.shrunk(), Orientation: info.Orientation}
	switch info.Kind {
	case KindJPEG:
		p, err = codec.JPEG(ctx, data, how)
	case KindPNG:
		p, err = codec.PNG(ctx, data, how)
	case KindWebP:
		p, err = decodeWebP(ctx, data, how)
	default:
		return p, ErrUnsupported
	}
	switch {
	case ctx.Err() != nil:
		return p, ctx.Err()
	case errors.Is(err, codec.ErrRare):
		return p, ErrRare
	case err != nil:
		return p, ErrDamaged
	}
	return p, nil
}

// decodeWebP has no decoder of its own: what golang.org/x/image cannot decode,
// others may.
func decodeWebP(ctx context.Context, data []byte, how codec.How) (codec.Plane, error) {
	mended := mendedWebP(data)
	img, err := webp.Decode(&watched{ctx: ctx, data: bytes.NewReader(mended)})
	if err != nil {
		return codec.Plane{}, codec.ErrRare
	}
	if b := img.Bounds(); b.Empty() || int64(b.Dx())*int64(b.Dy()) > MaxPixels {
		return codec.Plane{}, codec.ErrDamaged
	}
	p, err := codec.Image(ctx, img, how)
	p.Missing = 1 - float64(len(data))/float64(max(len(mended), len(data)))
	return p, err
}

// watched gives a file in sips and ends it when its context does: the decoder
// knows no context.
type watched struct {
	ctx  context.Context
	data *bytes.Reader
}

// sip is how many bytes are given before the context is asked again.
const sip = 256

func (w *watched) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.data.Read(p[:min(len(p), sip)])
}
