package cli

import (
	"image"
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
	photo      func(width, height int, seed uint64) specimen.Photo
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
			card, err := s.card(now(), n, float64(width)/fullWidth)
			if err != nil {
				return nil, err
			}
			return s.photo(width, width*3/4, n).JPEG(card)
		}})
	}
	return list
}

// fullWidth is the width of a picture whose card is drawn in full detail.
const fullWidth = 1280

// cellPixels is the width of a character's cell in a card drawn for fullWidth:
// a little more than the picture shows of it.
const cellPixels = 32

// card draws the card of somebody invented.
func (s sample) card(now time.Time, seed uint64, scale float64) (*image.RGBA, error) {
	lines, err := s.lines(now, seed)
	if err != nil {
		return nil, err
	}
	return specimen.Card{Lines: lines, Seed: seed, Front: s.front, PixelsPerCell: cellPixels * scale, Pattern: 0.25}.Draw()
}

// lines are its zone.
func (s sample) lines(now time.Time, seed uint64) ([]string, error) {
	f := mrz.Parse(specimen.Invent("TD1", seed), now).Fields
	if f.ExpiryDate < now.Format(time.DateOnly) { // what is invented does not know the date
		f.ExpiryDate = now.AddDate(4, 0, 0).Format(time.DateOnly)
	}
	if s.change != nil {
		s.change(&f, now)
	}
	return mrz.Render(f, mrz.TD1)
}

var sampleKinds = []sample{
	{name: page.SampleGood, hint: "as it should be", photo: specimen.Plain.Photo},
	{name: "Tilted", hint: "held askew", photo: specimen.Tilted.Photo},
	{name: "Blurred", hint: "out of focus", photo: blurred},
	{name: "Dark", hint: "too little light", photo: specimen.Dark.Photo},
	{name: "Glare", hint: "a lamp on the zone", photo: glaring},
	{name: page.SampleFront, hint: "the wrong side", front: true, photo: specimen.Plain.Photo},
	{name: "Expired", hint: "read, with a warning", change: expired, photo: specimen.Plain.Photo},
	{name: "Contradiction", hint: "number against birth date", change: contradicting, photo: specimen.Plain.Photo},
	{name: "Upside down", hint: "turned round", photo: specimen.Inverted.Photo},
	{name: "Far away", hint: "small in the picture", photo: specimen.Far.Photo},
}

// blurred is further out of focus than anything that can be read.
func blurred(width, height int, seed uint64) specimen.Photo {
	p := specimen.Plain.Photo(width, height, seed)
	p.Blur = 9 * float64(width) / fullWidth
	return p
}

// glaring has its bright spot on the zone.
func glaring(width, height int, seed uint64) specimen.Photo {
	p := specimen.Plain.Photo(width, height, seed)
	p.Glare, p.GlareX, p.GlareY = 1, 0.45, 0.68
	return p
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
	f.Optional1 = f.PersonalNumber
}
