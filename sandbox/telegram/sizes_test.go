package faketelegram

import (
	"bytes"
	"image"
	"image/jpeg"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSizesAreMadeOnce: what is remembered of a picture is what is made of it, and
// not more of them are remembered than there is room for.
func TestSizesAreMadeOnce(t *testing.T) {
	var s Sizes
	for i := range mostSizes + 2 {
		var picture bytes.Buffer
		require.NoError(t, jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 40+i, 30)), nil))
		want, err := makeSizes(picture.Bytes())
		require.NoError(t, err)
		for range 2 {
			got, err := s.of(picture.Bytes())
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
		require.LessOrEqual(t, len(s.made), mostSizes)
	}
	again, err := s.of([]byte("no picture"))
	require.ErrorIs(t, err, ErrPicture)
	require.Empty(t, again)
}
