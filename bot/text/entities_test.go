package text

import (
	"testing"
	"unicode/utf16"

	"github.com/go-telegram/bot/models"
	"github.com/stretchr/testify/require"
)

// TestRich holds the entities against Telegram's way of counting.
func TestRich(t *testing.T) {
	var r Builder
	r.Add("👍🏽 и ").Bold("имя").Add(": ").Code("").Code("1😀2").Line("").Pre("A<B\nC").Add("\n")
	units := utf16.Encode([]rune(r.String()))
	var spans []string
	for _, e := range r.Entities {
		spans = append(spans, string(e.Type)+"="+string(utf16.Decode(units[e.Offset:e.Offset+e.Length])))
	}
	require.Equal(t, []string{"bold=имя", "code=1😀2", "pre=A<B\nC"}, spans)
	require.Equal(t, models.MessageEntityTypeBold, r.Entities[0].Type)
}
