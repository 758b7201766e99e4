package reader

import (
	"bytes"

	"mrzbot/bot/outcome"
	"mrzbot/mrzimage"
)

// foreignKind tells by its first bytes a file that is no picture that can be
// read, and which hint its sender needs.
func foreignKind(head []byte) (hint outcome.Detail, foreign bool) {
	if _, err := mrzimage.Inspect(head); err != mrzimage.ErrUnsupported {
		return outcome.DetailNone, false
	}
	has := func(at int, magic string) bool {
		return len(head) >= at && bytes.HasPrefix(head[at:], []byte(magic))
	}
	switch {
	case has(4, "ftyp"):
		return boxesKind(head), true
	case bytes.Contains(head[:min(len(head), pdfHeadBytes)], []byte("%PDF-")):
		return outcome.DetailPDF, true
	case has(0, "\x1aE\xdf\xa3"), // Matroska, WebM
		has(0, "RIFF") && has(8, "AVI "),
		has(4, "moov"), has(4, "mdat"), has(4, "wide"), // old QuickTime
		has(0, "\x00\x00\x01\xba"), has(0, "\x00\x00\x01\xb3"), // MPEG
		has(0, "FLV\x01"):
		return outcome.DetailVideo, true
	}
	return outcome.DetailNone, true
}

// pdfHeadBytes is where in a file readers of PDF look for its head (ISO 32000-1,
// implementation note 13).
const pdfHeadBytes = 1024

// boxesKind tells files of the ISO base media format (ISO/IEC 14496-12) by
// their brands: pictures of Apple's phones (ISO/IEC 23008-12), and else videos,
// if they are not pictures of other kinds.
func boxesKind(head []byte) outcome.Detail {
	const first, most = 8, 64 // the major brand; behind it and a version, others
	for at := first; at+4 <= min(len(head), first+most); at += 4 {
		switch string(head[at : at+4]) {
		case "avif", "avis", "crx ", "jxl ":
			return outcome.DetailNone
		case "heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs":
			return outcome.DetailHEIC
		}
	}
	if len(head) >= first+4 {
		switch string(head[first : first+4]) {
		case "mif1", "msf1", "miaf":
			return outcome.DetailHEIC
		}
	}
	return outcome.DetailVideo
}
