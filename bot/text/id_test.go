package text

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseID(t *testing.T) {
	for s, want := range map[string]int64{
		"1": 1, "512345678": 512345678, "4503599627370495": MaxID,
		"4503599627370496": 0, "9223372036854775807": 0, "99999999999999999999": 0,
		"": 0, "0": 0, "-7": 0, "+512345678": 0, "0512345678": 0, "512.345.678": 0, "512,345": 0, "512'345": 0,
		"512_345": 0, "5e8": 0, "0x1f": 0, "id512": 0, "512a": 0, "٥١٢": 0, "５１２": 0, "512\u200b345": 0, "\u200e512": 0, "@aibek": 0,
	} {
		id, ok := ParseID(s)
		require.Equal(t, want != 0, ok, s)
		if ok {
			require.Equal(t, want, id, s)
		}
	}
}
