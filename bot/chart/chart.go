// Package chart draws bars as a picture for a chat: stacked, on a light ground, with
// letters that a phone of 360 pixels across shows large enough to read. It knows
// neither attempts nor languages; what is written on it comes from the caller.
package chart

import (
	"fmt"
	"strings"

	"github.com/go-analyze/charts"
	"github.com/golang/freetype/truetype"
)

// The picture, in pixels: three to each of a phone of 360 across, so that the
// smallest letters are 11 high there.
const (
	width      = 1080
	height     = 1080
	margin     = 36
	titleSize  = 42.0
	labelSize  = 33.0
	lineHeight = 50
	swatch     = 30
)

// Tone is the color of a series. All of them are told apart by those who see fewer
// colors, and on a dark screen (Okabe and Ito, Color Universal Design).
type Tone int

// The tones.
const (
	Good Tone = iota
	Calm
	Mild
	Bad
	Dull
	Faint
)

var tones = [...]charts.Color{
	Good: charts.ColorRGB(0, 158, 115), Calm: charts.ColorRGB(86, 180, 233), Mild: charts.ColorRGB(240, 180, 30),
	Bad: charts.ColorRGB(213, 94, 0), Dull: charts.ColorRGB(110, 115, 125), Faint: charts.ColorRGB(195, 199, 206),
}

var (
	ink  = charts.ColorRGB(35, 38, 45)
	rule = charts.ColorRGB(226, 229, 234)
)

// Series is a part of each bar.
type Series struct {
	Name   string
	Tone   Tone
	Values []int // one for each bar
}

// Bars is a chart.
type Bars struct {
	Title  string
	Labels []string // one for each bar
	Series []Series // those without a value are left out
	// Lying bars have long labels; the first is on top.
	Lying bool
}

// PNG draws the chart.
func (b Bars) PNG() ([]byte, error) {
	font := charts.GetFont(charts.FontFamilyNotoSans)
	style := charts.FontStyle{FontSize: labelSize, FontColor: ink, Font: font}
	theme := charts.GetTheme(charts.ThemeLight).WithBackgroundColor(charts.ColorWhite).WithTextColor(ink)
	p := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputPNG, Width: width, Height: height, Font: font, Theme: theme})
	p.FilledRect(0, 0, width, height, charts.ColorWhite, charts.ColorWhite, 0)

	y := margin + int(titleSize)
	p.Text(drawable(font, b.Title), margin, y, 0, charts.FontStyle{FontSize: titleSize, FontColor: ink, Font: font})
	shown := b.shown()
	labels := make([]string, len(b.Labels))
	y = legend(p, shown, style, y+lineHeight+8)
	for i, label := range b.Labels {
		labels[i] = drawable(font, label)
	}
	b.Labels = labels
	switch {
	case len(shown) == 0 || len(b.Labels) == 0:
	case b.Lying:
		b.lying(p, style, shown, y)
	default:
		b.standing(p, style, shown, y)
	}
	png, err := p.Bytes()
	if err != nil {
		return nil, fmt.Errorf("chart: %w", err)
	}
	return png, nil
}

// shown gives the series that have a value.
func (b Bars) shown() (shown []Series) {
	for _, s := range b.Series {
		for _, v := range s.Values {
			if v > 0 {
				shown = append(shown, s)
				break
			}
		}
	}
	return shown
}

// legend writes the names of the series beside their colors, from a line on, and
// gives where what follows begins.
func legend(p *charts.Painter, shown []Series, style charts.FontStyle, y int) int {
	x := margin
	for _, s := range shown {
		wide := p.MeasureText(s.Name, 0, style).Width()
		if x > margin && x+swatch+12+wide > width-margin {
			x, y = margin, y+lineHeight
		}
		p.FilledRect(x, y-swatch+3, x+swatch, y+3, tones[s.Tone], tones[s.Tone], 0)
		p.Text(s.Name, x+swatch+12, y, 0, style)
		x += swatch + 12 + wide + 36
	}
	return y + 24
}

// plot is where the bars stand: the box inside the labels, and what one more is worth.
type plot struct {
	p                        *charts.Painter
	style                    charts.FontStyle
	left, top, right, bottom int
	most                     int // the value at the end of the axis
}

// standing draws bars side by side with their labels below.
func (b Bars) standing(p *charts.Painter, style charts.FontStyle, shown []Series, top int) {
	step, most := scale(b.highest(shown))
	g := plot{p, style, margin, top + int(labelSize)/2, width - margin, height - margin - lineHeight, most}
	for v := 0; v <= most; v += step {
		g.left = max(g.left, margin+p.MeasureText(short(v), 0, style).Width()+16)
	}
	for v := 0; v <= most; v += step {
		y := g.bottom - (g.bottom-g.top)*v/most
		wide := p.MeasureText(short(v), 0, style).Width()
		p.Text(short(v), g.left-16-wide, y+int(labelSize)/2-2, 0, style)
		g.line(g.left, y, g.right, y)
	}
	labels := b.thinned()
	for i := range b.Labels {
		from, to := g.slot(i, len(b.Labels), g.left, g.right)
		sum := 0
		for _, s := range shown {
			low := g.bottom - (g.bottom-g.top)*sum/most
			sum += value(s, i)
			g.bar(from, g.bottom-(g.bottom-g.top)*sum/most, to, low, s.Tone)
		}
		wide := p.MeasureText(labels[i], 0, style).Width()
		p.Text(labels[i], min((from+to-wide)/2, width-wide-4), g.bottom+lineHeight-6, 0, style)
	}
}

// lying draws bars below each other with their labels before them.
func (b Bars) lying(p *charts.Painter, style charts.FontStyle, shown []Series, top int) {
	step, most := scale(b.highest(shown))
	g := plot{p, style, margin, top, width - 2*margin, height - margin - lineHeight, most}
	for _, label := range b.Labels {
		g.left = max(g.left, margin+p.MeasureText(label, 0, style).Width()+16)
	}
	g.left = min(g.left, width/2)
	for v := 0; v <= most; v += step {
		x := g.left + (g.right-g.left)*v/most
		wide := p.MeasureText(short(v), 0, style).Width()
		p.Text(short(v), min(x-wide/2, width-wide-4), g.bottom+lineHeight-6, 0, style)
		g.line(x, g.top, x, g.bottom)
	}
	for i, label := range b.Labels {
		from, to := g.slot(i, max(len(b.Labels), leastLying), g.top, g.bottom)
		sum := 0
		for _, s := range shown {
			low := g.left + (g.right-g.left)*sum/most
			sum += value(s, i)
			g.bar(low, from, g.left+(g.right-g.left)*sum/most, to, s.Tone)
		}
		for label != "" && p.MeasureText(label, 0, style).Width() > g.left-16-margin {
			runes := []rune(label)
			label = string(runes[:len(runes)-1])
		}
		wide := p.MeasureText(label, 0, style).Width()
		p.Text(label, g.left-16-wide, (from+to)/2+int(labelSize)/2-2, 0, style)
	}
}

// leastLying is for how many lying bars there is room at least: few are not made fat.
const leastLying = 5

// slot gives where a bar lies between two ends, with a gap of a quarter.
func (g plot) slot(i, n, low, high int) (from, to int) {
	from, to = low+(high-low)*i/n, low+(high-low)*(i+1)/n
	gap := max((to-from)/8, 1)
	return from + gap, to - gap
}

func (g plot) bar(x1, y1, x2, y2 int, t Tone) {
	if x2 > x1 && y2 > y1 {
		g.p.FilledRect(x1, y1, x2, y2, tones[t], tones[t], 0)
	}
}

func (g plot) line(x1, y1, x2, y2 int) {
	g.p.LineStroke([]charts.Point{{X: x1, Y: y1}, {X: x2, Y: y2}}, rule, 2)
}

func value(s Series, i int) int {
	if i >= len(s.Values) {
		return 0
	}
	return s.Values[i]
}

// highest is the highest bar.
func (b Bars) highest(shown []Series) (most int) {
	for i := range b.Labels {
		sum := 0
		for _, s := range shown {
			sum += value(s, i)
		}
		most = max(most, sum)
	}
	return most
}

// scale gives the marks of an axis: a round step, at most five of them, up to the
// first that is not below the most.
func scale(most int) (step, end int) {
	step = 1
	for i := 0; step*5 < most; i++ {
		step = step * []int{2, 5, 4}[i%3] / []int{1, 2, 2}[i%3] // 1, 2, 5, 10, 20, 50, …
	}
	return step, max(step, (most+step-1)/step*step)
}

// short writes a value in few characters.
func short(v int) string {
	switch {
	case v >= 1_000_000:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(v)/1e6), ".0") + "M"
	case v >= 10_000:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(v)/1e3), ".0") + "k"
	}
	return fmt.Sprint(v)
}

// mostLabels is how many short labels fit beside each other.
const mostLabels = 11

// thinned leaves away labels for which there is no room.
func (b Bars) thinned() []string {
	labels := append([]string(nil), b.Labels...)
	if len(labels) <= mostLabels {
		return labels
	}
	step := (len(labels) + mostLabels - 1) / mostLabels
	for i := range labels {
		if i%step != 0 {
			labels[i] = ""
		}
	}
	return labels
}

// drawable leaves out the characters that the font does not have, which it would
// draw as boxes.
func drawable(font *truetype.Font, text string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if font.Index(r) == 0 {
			return ' '
		}
		return r
	}, text)), " ")
}

// Drawable reports whether anything of a text can be drawn.
func Drawable(text string) bool {
	return drawable(charts.GetFont(charts.FontFamilyNotoSans), text) != ""
}
