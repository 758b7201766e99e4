package reader

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/outcome"
)

// TestForeignKinds: what a file is, its first bytes say.
func TestForeignKinds(t *testing.T) {
	const rest = "\x00\x00\x00\x00 and so on"
	hints := map[string]outcome.Detail{
		"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic":               outcome.DetailHEIC,
		"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1heicmiaf":           outcome.DetailHEIC,
		"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1":                   outcome.DetailHEIC,
		"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avifmiaf":           outcome.DetailNone,
		"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf":           outcome.DetailNone,
		"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom":               outcome.DetailVideo,
		"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ":                   outcome.DetailVideo,
		"\x00\x00\x00\x18ftyp3gp5\x00\x00\x00\x003gp5isom":               outcome.DetailVideo,
		"\x1aE\xdf\xa3\x01\x00\x00\x00":                                  outcome.DetailVideo,
		"RIFF\x00\x00\x10\x00AVI LIST":                                   outcome.DetailVideo,
		"\x00\x00\x00\x20mdat":                                           outcome.DetailVideo,
		"%PDF-1.4\n":                                                     outcome.DetailPDF,
		"\xef\xbb\xbf%PDF-1.7\n":                                         outcome.DetailPDF,
		"HTTP junk before\n%PDF-1.7\n":                                   outcome.DetailPDF,
		"GIF89a":                                                         outcome.DetailNone,
		"BM\x36\x00\x00\x00":                                             outcome.DetailNone,
		"II*\x00\x08\x00\x00\x00":                                        outcome.DetailNone,
		"\x00\x00\x00\x0cjP  \r\n\x87\n":                                 outcome.DetailNone,
		"\x00\x00\x00\x0cJXL \r\n\x87\n\x00\x00\x00\x14ftypjxl \x00\x00": outcome.DetailNone,
		"\xff\x0a\xfa\x1f":                                               outcome.DetailNone,
		"PK\x03\x04":                                                     outcome.DetailNone,
		"":                                                               outcome.DetailNone,
	}
	for head, want := range hints {
		hint, foreign := foreignKind([]byte(head + rest))
		require.True(t, foreign, "%q", head)
		require.Equal(t, want, hint, "%q", head)
		for n := range len(head) {
			_, foreign := foreignKind([]byte(head[:n]))
			require.True(t, foreign, "%q", head[:n])
		}
	}
	for _, head := range []string{"\xff\xd8\xff\xe0", "\xff\xd8\xff\xdb", "\x89PNG\r\n\x1a\n", "RIFF\x00\x00\x10\x00WEBPVP8 "} {
		_, foreign := foreignKind([]byte(head + rest))
		require.False(t, foreign, "%q", head)
	}
}
