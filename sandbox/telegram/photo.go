package faketelegram

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	_ "image/png" // people paste screenshots
	"slices"

	"github.com/go-telegram/bot/models"
	"golang.org/x/image/draw"

	"mrzbot/sandbox/botapi"
)

const (
	// photoQuality is near what Telegram's apps use.
	photoQuality = 87
	// maxPhotoPixels bounds the memory of a decode: four bytes a pixel.
	maxPhotoPixels = 80_000_000
	// maxRatio of the sides is Telegram's
	// (https://core.telegram.org/bots/api#sendphoto).
	maxRatio = 20
)

// photoBoxes are the sizes Telegram makes of a photo; the last is the largest
// a bot ever gets from most apps.
var photoBoxes = []int{90, 320, 800, 1280}

// ErrPicture says that a picture cannot be sent as a photo.
var ErrPicture = errors.New("sandbox: this cannot be sent as a photo")

// SendPhoto sends a picture (JPEG or PNG) the way the apps do: turned
// upright, at most 1280 pixels on its long side, recompressed, without
// metadata, in several sizes.
func (t *Server) SendPhoto(p Person, picture []byte, caption string, options ...Option) (int, error) {
	d := drafted(options)
	sizes, err := t.sizesOf(picture, d.unchanged)
	if err != nil {
		return 0, err
	}
	caption = botapi.Plain(caption)
	m := &message{wire: wireMessage{Caption: caption, CaptionEntities: commandsIn(caption)}}
	t.mu.Lock()
	m.wire.Photo = t.store(sizes)
	t.mu.Unlock()
	return t.send(p, d, m), nil
}

// photoSizes is SendPhoto's work for the bot's own photos. The caller holds mu.
func (t *Server) photoSizes(picture []byte) ([]models.PhotoSize, error) {
	sizes, err := t.sizesOf(picture, false)
	if err != nil {
		return nil, err
	}
	return t.store(sizes), nil
}

type photoSize struct {
	width, height int
	data          []byte
}

func (t *Server) store(sizes []photoSize) []models.PhotoSize {
	var list []models.PhotoSize
	for _, s := range sizes {
		f := t.files.add("photo", "", "image/jpeg", s.data)
		list = append(list, models.PhotoSize{
			FileID: f.id, FileUniqueID: f.uniqueID, Width: s.width, Height: s.height, FileSize: len(s.data),
		})
	}
	return list
}

func (t *Server) sizesOf(picture []byte, unchanged bool) ([]photoSize, error) {
	config, _, err := image.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	w, h := config.Width, config.Height
	if w < 1 || h < 1 || w > maxRatio*h || h > maxRatio*w || w*h > maxPhotoPixels {
		return nil, fmt.Errorf("%w: %d by %d pixels", ErrPicture, w, h)
	}
	if unchanged {
		return []photoSize{{w, h, picture}}, nil
	}
	return t.sizes.of(picture)
}

func makeSizes(picture []byte) ([]photoSize, error) {
	decoded, _, err := image.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	source := flat(turn(decoded, orientation(picture)))
	w, h := source.Rect.Dx(), source.Rect.Dy()
	long := max(w, h)
	var sizes []photoSize
	for _, box := range slices.Backward(photoBoxes) {
		if box > long && len(sizes) > 0 {
			continue
		}
		box = min(box, long)
		s, smaller, err := scaled(source, max(1, w*box/long), max(1, h*box/long))
		if err != nil {
			return nil, err
		}
		sizes = append(sizes, s)
		source = smaller // the small ones are made of the largest: as good and much quicker
	}
	slices.Reverse(sizes)
	return sizes, nil
}

// flat is the picture on white (a PNG may be transparent), in the form that
// scales quickest.
func flat(picture image.Image) *image.RGBA {
	b := picture.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(out, out.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, picture, b.Min, draw.Over)
	return out
}

// scaled makes one size.
func scaled(picture *image.RGBA, w, h int) (photoSize, *image.RGBA, error) {
	out := picture
	if picture.Rect.Dx() != w || picture.Rect.Dy() != h {
		out = image.NewRGBA(image.Rect(0, 0, w, h))
		draw.BiLinear.Scale(out, out.Rect, picture, picture.Rect, draw.Src, nil)
	}
	var buffer bytes.Buffer
	if err := jpeg.Encode(&buffer, out, &jpeg.Options{Quality: photoQuality}); err != nil {
		return photoSize{}, nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	return photoSize{w, h, buffer.Bytes()}, out, nil
}
