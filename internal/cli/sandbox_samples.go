package cli

import (
	"sync/atomic"
	"time"

	"mrzbot/mrz"
	"mrzbot/mrzimage/specimen"
	"mrzbot/sandbox/page"
)

// sample is a kind of card, and how its picture is taken.
type sample struct {
	name, hint string
	front      bool
	change     func(*mrz.Fields, time.Time) // nil: nothing is wrong with the card
	snap       func(*specimen.Snapshot)     // nil: as it comes
}

// samples are drawn cards, another invented person at each press.
func samples(now func() time.Time) []page.Sample {
	var seed atomic.Uint64
	seed.Store(uint64(now().UnixNano()))
	var list []page.Sample
	for i, s := range sampleKinds {
		list = append(list, page.Sample{Name: s.name, Hint: s.hint, Picture: func(width int) ([]byte, error) {
			n := seed.Add(1)
			if width < fullWidth {
				n = uint64(i) // a preview shows the same card every time
			}
			return s.picture(now(), n, width)
		}})
	}
	return list
}

const (
	// fullWidth is the width of a picture whose card is drawn in full detail.
	fullWidth = 1280
	// fullDetail of such a card, in pixels per millimetre: as the picture shows it.
	fullDetail = 12
)

// picture is the photo of the card of somebody invented.
func (s sample) picture(now time.Time, seed uint64, width int) ([]byte, error) {
	card, err := specimen.Exhibit{
		Fields: s.fields(now, seed), Seed: seed, Front: s.front, PixelsPerMillimetre: fullDetail * float64(width) / fullWidth,
	}.Draw()
	if err != nil {
		return nil, err
	}
	photo := specimen.Snap(width, width*3/4, seed)
	if s.snap != nil {
		s.snap(&photo)
	}
	return photo.JPEG(card)
}

// fields are what stands on the card.
func (s sample) fields(now time.Time, seed uint64) mrz.Fields {
	f := specimen.InventKyrgyz(seed, now)
	if s.change != nil {
		s.change(&f, now)
	}
	return f
}

var sampleKinds = []sample{
	{name: page.SampleGood, hint: "on a desk, as it should be", snap: func(p *specimen.Snapshot) { p.Held = false }},
	{name: page.SampleHeld, hint: "held before the phone", snap: func(p *specimen.Snapshot) { p.Held = true }},
	{name: "Tilted", hint: "seen from the side", snap: func(p *specimen.Snapshot) { p.Turn, p.Lean, p.Nod, p.Held = -11, 13, 12, false }},
	{name: "Blurred", hint: "out of focus", snap: func(p *specimen.Snapshot) { p.Blur = 9 * float64(p.Width) / fullWidth }},
	{name: "Dark", hint: "too little light", snap: func(p *specimen.Snapshot) { p.Dim, p.Noise = 0.72, 5 }},
	{name: "Glare", hint: "a lamp on the MRZ", snap: glaring},
	{name: page.SampleFront, hint: "the wrong side", front: true},
	{name: "Expired", hint: "read, with a warning", change: expired},
	{name: "Contradiction", hint: "number against birth date", change: contradicting},
	{name: "Upside down", hint: "turned round", snap: func(p *specimen.Snapshot) { p.Turn, p.Held = p.Turn+180, false }},
	{name: page.SampleSoft, hint: "a little out of focus: read, but not surely", snap: soft},
	{name: "Far away", hint: "small in the picture", snap: func(p *specimen.Snapshot) { p.Fill, p.Held = 0.48, false }},
}

// soft is as far out of focus as can be read, but not surely.
func soft(p *specimen.Snapshot) { p.Blur, p.Held = 5.2*float64(p.Width)/fullWidth, false }

// glaring has its bright spot on the MRZ.
func glaring(p *specimen.Snapshot) {
	p.Glare, p.GlareX, p.GlareY, p.GlareWide, p.Held = 1, 0.45, 0.68, 0.13, false
}

func expired(f *mrz.Fields, now time.Time) {
	f.ExpiryDate = now.AddDate(-2, -3, 0).Format(time.DateOnly)
}

// contradicting has a personal number of somebody born on another day.
func contradicting(f *mrz.Fields, _ time.Time) {
	day := "11"
	if f.PersonalNumber[1:3] == day {
		day = "12"
	}
	f.PersonalNumber = f.PersonalNumber[:1] + day + f.PersonalNumber[3:]
}
