package cli

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	faketelegram "mrzbot/sandbox/telegram"
)

// send sends what a person can send besides text:
//
//	photo                a compressed picture that nobody has sent before
//	photo again          the one they sent last
//	photo of THING [N]   what photoOf can draw; N: another photo of the same thing
//	file NAME            a picture or another file, by the ending of its name
//	album KIND, KIND …   photos or files sent together; "KIND saying WORDS" has a caption
//	forward of PERSON    a message they wrote
//	hidden forward       a message that does not say who wrote it
//	contact of PERSON
//	sticker, video, …    what SendOther of faketelegram knows
func (k *talk) send(who string, what []string) {
	p := k.person(who)
	switch what[0] {
	case "album":
		k.albums++
		for i, kind := range strings.Split(strings.Join(what[1:], " "), ", ") {
			kind, caption, _ := strings.Cut(kind, " saying ")
			k.picture(who, fmt.Sprint("picture ", i+1), strings.Fields(kind), caption, faketelegram.InAlbum(strconv.Itoa(k.albums)))
		}
	case "photo", "file":
		words, caption, _ := strings.Cut(strings.Join(what, " "), " saying ")
		k.picture(who, what[0], strings.Fields(words), caption)
	case "forward":
		k.did(who, "forward", k.telegram.Say(p, "good morning", faketelegram.ForwardedFrom(k.person(what[2]))))
	case "hidden":
		k.did(who, "forward", k.telegram.Say(p, "good morning", faketelegram.ForwardedHidden("Somebody")))
	case "contact":
		k.did(who, "contact", k.telegram.SendContact(p, k.person(what[2])))
	default:
		k.did(who, what[0], k.telegram.SendOther(p, what[0]))
	}
}

// picture sends a photo or a file, which is called so.
func (k *talk) picture(who, called string, what []string, caption string, options ...faketelegram.Option) {
	p, caption := k.person(who), strings.ReplaceAll(caption, "⏎", "\n")
	if what[0] == "file" {
		mime, data := file(k.t, what[1])
		k.did(who, called, k.telegram.SendDocument(p, what[1], mime, data, caption, options...))
		return
	}
	switch {
	case what[0] != "photo":
		k.t.Fatalf("what is this picture? %q", what)
	case len(what) == 1:
		k.photos[who] = jpegOf(k.t)
	case what[1] == "of":
		k.photos[who] = photoOf(k.t, strings.Join(what[2:], " "))
	}
	id, err := k.telegram.SendPhoto(p, k.photos[who], caption, options...)
	require.NoError(k.t, err)
	k.did(who, called, id)
}

// testImage is a picture of a random number, in squares that outlive being
// compressed again: the same photo sent twice is read once.
func testImage() image.Image {
	const side, columns = 8, 40
	img := image.NewGray(image.Rect(0, 0, columns*side, 25*side))
	number := rand.Uint64()
	for i := range img.Pix {
		x, y := i%img.Stride/side, i/img.Stride/side
		img.Pix[i] = byte(number>>((y*columns+x)%64)&1) * 200
	}
	return img
}

func jpegOf(t *testing.T) []byte {
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, testImage(), nil))
	return b.Bytes()
}

// file makes a file that fits its name.
func file(t *testing.T, name string) (mime string, data []byte) {
	switch name {
	case "card.jpg":
		return "image/jpeg", jpegOf(t)
	case "untyped.bin":
		return "application/octet-stream", jpegOf(t)
	case "renamed.heic":
		return "image/heic", jpegOf(t)
	case "renamed.pdf":
		return "application/pdf", jpegOf(t)
	case "renamed.mp4":
		return "video/mp4", jpegOf(t)
	case "video.jpg":
		return "image/jpeg", []byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom")
	case "photo.jxl":
		return "image/jpeg", []byte("\x00\x00\x00\x0cJXL \r\n\x87\n\x00\x00\x00\x14ftypjxl ")
	case "card.png":
		var b bytes.Buffer
		require.NoError(t, png.Encode(&b, testImage()))
		return "image/png", b.Bytes()
	case "damaged.png":
		return "image/png", []byte("\x89PNG\r\n\x1a\nand then something else")
	case "card.heic":
		return "image/heic", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00")
	case "unnamed-heic.jpg":
		return "image/jpeg", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00")
	case "scan.gif":
		return "image/gif", []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;")
	case "card.pdf":
		return "application/pdf", []byte("%PDF-1.7")
	case "notes.txt":
		return "text/plain", []byte("hello")
	}
	t.Fatalf("no such file: %s", name)
	return "", nil
}
