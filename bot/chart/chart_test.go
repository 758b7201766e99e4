package chart

import (
	"bytes"
	"image"
	"image/draw"
	"image/png"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestLetters: the font has the letters of all three languages, and what it has not
// is left out.
func TestLetters(t *testing.T) {
	for _, letters := range []string{
		"АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюя", "ҢӨҮңөү", "ABCxyz0123456789–·.,:()‹›",
	} {
		for _, r := range letters {
			require.True(t, Drawable(string(r)), "%c", r)
		}
	}
	require.False(t, Drawable("😀"))
	require.False(t, Drawable(" 艾 "))
}

func TestScale(t *testing.T) {
	for most, want := range map[int][2]int{0: {1, 1}, 1: {1, 1}, 3: {1, 3}, 5: {1, 5}, 6: {2, 6}, 11: {5, 15}, 49: {10, 50}, 166: {50, 200}, 1_234_567: {500_000, 1_500_000}} {
		step, end := scale(most)
		require.Equal(t, want, [2]int{step, end}, most)
	}
	require.Equal(t, []string{"0", "9999", "10k", "12.5k", "1.5M"}, []string{short(0), short(9999), short(10_000), short(12_500), short(1_500_000)})
}

// pixels counts the pixels of a color in a picture.
func pixels(t *testing.T, b Bars, tone Tone) (n int) {
	raw, err := b.PNG()
	require.NoError(t, err)
	picture, err := png.Decode(bytes.NewReader(raw))
	require.NoError(t, err)
	require.Equal(t, width, picture.Bounds().Dx())
	all := image.NewRGBA(picture.Bounds())
	draw.Draw(all, all.Bounds(), picture, image.Point{}, draw.Src)
	c := tones[tone]
	for i := 0; i < len(all.Pix); i += 4 {
		if all.Pix[i] == c.R && all.Pix[i+1] == c.G && all.Pix[i+2] == c.B {
			n++
		}
	}
	r, g, bl, _ := picture.At(2, 2).RGBA()
	require.Equal(t, uint32(0xffff*3), r+g+bl, "a light ground, in a dark chat too")
	return n
}

// TestBars: what is drawn goes by the values, standing and lying, for few bars and for
// many, and whatever people are called.
func TestBars(t *testing.T) {
	for _, lying := range []bool{false, true} {
		for _, n := range []int{1, 7, 31} {
			b := Bars{Title: "Ноябрь 2026", Lying: lying}
			good, bad := Series{Name: "окулду", Tone: Good}, Series{Name: "акча алынышы мүмкүн", Tone: Bad}
			for i := range n {
				b.Labels = append(b.Labels, strings.Repeat("ө😀", i*3%40))
				good.Values, bad.Values = append(good.Values, 40), append(bad.Values, 10)
			}
			b.Series = []Series{good, {Name: "nothing", Tone: Dull, Values: make([]int, n)}, bad}
			g, r := pixels(t, b, Good)-swatch*swatch, pixels(t, b, Bad)-swatch*swatch
			require.Zero(t, pixels(t, b, Dull), "what is nowhere is not explained")
			require.Greater(t, r, 1000)
			require.InDelta(t, 4, float64(g)/float64(r), 0.35, "%d bars, lying %t", n, lying)
		}
	}
	require.Zero(t, pixels(t, Bars{Title: "none", Labels: []string{"1"}, Series: []Series{{Tone: Good, Values: []int{0}}}}, Good))
}
