package mrzclient

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"unicode/utf16"
)

// What can be wrong with an answer's text, besides the network.
var (
	// errTooLong says that an answer went on past maxAnswer.
	errTooLong = errors.New("mrzclient: the answer is too long")
	// errCoding says that an answer is compressed in a way that was not asked for
	// and is not known.
	errCoding = errors.New("mrzclient: the answer's coding is not known")
)

// maxCodings is how often an answer may be compressed.
const maxCodings = 2

// reply is an answer as it came.
type reply struct {
	status int
	header http.Header
	text   []byte // unpacked, in UTF-8
	long   bool   // the text went on
	coded  bool   // the text could not be unpacked
	// unframed: nothing but the end of the connection ends the text, so that
	// one that was cut looks whole (RFC 9112, 6.3).
	unframed bool
	sent     bool // the whole picture was written
}

// accepted reports whether the status is one of success, which alone means
// nothing yet.
func (r reply) accepted() bool { return r.status/100 == 2 }

// receive takes an answer, within bounds. An error says that it is not all
// there; what came of it is good all the same.
func receive(response *http.Response) (reply, error) {
	r := reply{
		status:   response.StatusCode,
		header:   response.Header,
		unframed: response.ProtoMajor == 1 && response.ContentLength < 0 && len(response.TransferEncoding) == 0,
	}
	if r.status == http.StatusSwitchingProtocols {
		return r, nil // what follows is no answer, and nothing ends it
	}
	raw, err := readBounded(response.Body)
	if err == nil || errors.Is(err, errTooLong) {
		r.long = err != nil
		raw, err = unpack(raw, response.Header)
	} else if packed(response.Header) {
		raw = nil
	}
	switch {
	case errors.Is(err, errTooLong):
		r.long, err = true, nil
	case errors.Is(err, errCoding):
		r.coded, err = true, nil
	case r.long:
		err = nil
	}
	r.text = utf8Of(raw)
	return r, err
}

// readBounded reads to the end, but not past maxAnswer. What it read is good
// also with an error.
func readBounded(body io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(body, maxAnswer+1))
	if err == nil && len(text) > maxAnswer {
		return text[:maxAnswer], errTooLong
	}
	return text, err
}

// packed reports whether a header says that the text is compressed.
func packed(header http.Header) bool {
	return len(codings(header)) > 0
}

// codings lists how a text was compressed, the last one first.
func codings(header http.Header) []string {
	var list []string
	for _, line := range header.Values("Content-Encoding") {
		for coding := range strings.SplitSeq(line, ",") {
			if coding = strings.ToLower(strings.TrimSpace(coding)); coding != "" && coding != "identity" {
				list = append(list, coding)
			}
		}
	}
	slices.Reverse(list)
	return list
}

var gzipMagic = []byte{0x1f, 0x8b}

// unpack undoes gzip and deflate, which some servers use without being asked,
// each within maxAnswer. A text that its header calls compressed and that is not
// stays as it is, and gzip is known without a header, too: gateways unpack and
// pack and forget to say so.
func unpack(raw []byte, header http.Header) ([]byte, error) {
	list := codings(header)
	if len(list) > maxCodings {
		return nil, errCoding
	}
	for _, coding := range list {
		var err error
		switch coding {
		case "gzip", "x-gzip":
			if bytes.HasPrefix(raw, gzipMagic) {
				raw, err = inflate(raw)
			}
		case "deflate":
			if !startsJSON(raw) {
				raw, err = inflate(raw)
			}
		default:
			return nil, errCoding
		}
		if err != nil {
			return raw, err
		}
	}
	if bytes.HasPrefix(raw, gzipMagic) {
		return inflate(raw)
	}
	return raw, nil
}

// inflate unpacks one layer: gzip, or what goes by the name of deflate, which is
// zlib's form (RFC 9110, 8.4.1.2) and of some servers the bare one.
func inflate(raw []byte) ([]byte, error) {
	var plain io.Reader
	if z, err := gzip.NewReader(bytes.NewReader(raw)); err == nil {
		z.Multistream(false) // what comes behind it is none of ours
		plain = z
	} else if z, err := zlib.NewReader(bytes.NewReader(raw)); err == nil {
		plain = z
	} else {
		plain = flate.NewReader(bytes.NewReader(raw))
	}
	text, err := readBounded(plain)
	if err != nil && !errors.Is(err, errTooLong) && !errors.Is(err, io.ErrUnexpectedEOF) {
		err = errCoding
	}
	return text, err
}

// utf8Of gives a text without its byte order mark and in UTF-8. JSON begins with
// two characters of ASCII, which tell UTF-16 without a mark (RFC 4627, 3).
func utf8Of(raw []byte) []byte {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	var order binary.ByteOrder
	switch {
	case len(raw) < 2:
		return raw
	case raw[0] == 0xff && raw[1] == 0xfe, raw[0] != 0 && raw[1] == 0:
		order = binary.LittleEndian
	case raw[0] == 0xfe && raw[1] == 0xff, raw[0] == 0 && raw[1] != 0:
		order = binary.BigEndian
	default:
		return raw
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = order.Uint16(raw[2*i:])
	}
	return []byte(strings.TrimPrefix(string(utf16.Decode(units)), "\ufeff"))
}

// startsJSON reports whether a text begins as the API's answers do.
func startsJSON(text []byte) bool {
	text = bytes.TrimLeft(text, " \t\r\n")
	return len(text) > 0 && (text[0] == '{' || text[0] == '[' || text[0] == '"')
}

// isPage reports whether the answer is a page for people, which the API never
// gives: somebody in between answered in its place.
func (r reply) isPage() bool {
	text := bytes.TrimSpace(r.text)
	switch {
	case len(text) > 0 && text[0] == '<':
		return true
	case startsJSON(text):
		return false
	}
	kind, _, _ := strings.Cut(r.header.Get("Content-Type"), ";")
	return strings.EqualFold(strings.TrimSpace(kind), "text/html")
}

// isForeign reports whether an answer says something that is no JSON, as gateways
// do when they refuse.
func (r reply) isForeign() bool {
	return r.isPage() || len(bytes.TrimSpace(r.text)) > 0 && !startsJSON(r.text)
}
