// Package corpus draws the pictures that the reader is measured on: a fixed
// set, made from seeds whenever it is needed and stored nowhere. Nothing of it
// is used for training: the documents' background prints, the grounds they lie
// on, the fingers, the perspective and the camera are those of package
// specimen, while the trainer has its own sheets, waves, clouds and lens.
package corpus

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"mrzbot/mrzimage/specimen"
)

// Picture is one file of the corpus with its truth.
type Picture struct {
	Name       string
	Distortion string
	Kind       string   // format of the document; "none" when no MRZ is in the picture
	Lines      []string // of the MRZ

	// Shown says of each character whether the picture shows it: Seen, Erased
	// or Partly. Nil when all are seen.
	Shown []string

	File []byte // JPEG; PNG where the name says so
}

// What a picture shows of a character.
const (
	Seen   = 'v'
	Erased = 'x'
	Partly = '~' // nobody can say whether it can be read
)

// Distortion is a way in which pictures go wrong, with its part of the corpus.
type Distortion struct {
	Name   string
	Count  int
	Target float64 // part of the pictures that should be read exactly; 0: none is set

	format  string // of the documents; "" a Kyrgyz card
	hides   bool   // characters may be erased
	beyond  bool   // the documents are of no format that is read: nothing is to be told
	imagine func(*scene)
}

// Distortions are all of them, the whole corpus.
func Distortions() []Distortion { return slices.Clone(distortions) }

// Draw makes the i-th picture of a distortion, without Shown: finding that out takes
// several times as long, and few ask.
func (d Distortion) Draw(i int) (Picture, error) {
	s := d.scene(i)
	out := Picture{Name: fmt.Sprintf("%s-%03d.jpg", d.Name, i), Distortion: d.Name, Kind: s.kind, Lines: s.card.Lines}
	document, err := s.document()
	if err != nil {
		return Picture{}, err
	}
	if s.kind == none || d.beyond {
		out.Lines = nil
	}
	if s.fax != undithered {
		out.Name = fmt.Sprintf("%s-%03d.png", d.Name, i)
		out.File, err = fax(s.photo.Take(document), s.fax)
		return out, err
	}
	out.File, err = s.photo.JPEG(document)
	return out, err
}

// Shown is that of the i-th picture.
func (d Distortion) Shown(i int) ([]string, error) {
	if !d.hides {
		return nil, nil
	}
	s := d.scene(i)
	document, err := s.document()
	if err != nil {
		return nil, err
	}
	return s.shown(document)
}

const none = "none"

// scene is a picture in the making.
type scene struct {
	*rand.Rand
	index int
	turn  int // counts on otherwise: where every second or twelfth is drawn, all kinds still are
	kind  string
	pitch float64 // pixels of a cell in the picture, about
	card  specimen.Card
	photo specimen.Photo
	both  bool // the front lies above
	fax   dither
}

// seeds of the corpus begin here, so that no test draws the same by chance.
const seeds = 7_000_000

func (d Distortion) scene(i int) *scene {
	seed := uint64(seeds + i)
	for _, c := range d.Name {
		seed = seed*131 + uint64(c)
	}
	s := &scene{Rand: rand.New(rand.NewPCG(seed, 401)), index: i, turn: i + i/12, kind: "TD1"}
	if d.format != "" {
		formats := strings.Fields(d.format)
		s.kind = formats[s.turn%len(formats)]
	}
	s.usual(seed)
	d.imagine(s)
	s.frame()
	return s
}

func (s *scene) between(a, b float64) float64 { return a + (b-a)*s.Float64() }

// either is a value between a and b, or its negative.
func (s *scene) either(a, b float64) float64 {
	if s.IntN(2) == 0 {
		return -s.between(a, b)
	}
	return s.between(a, b)
}

// usual is how people take pictures when nothing in particular goes wrong.
func (s *scene) usual(seed uint64) {
	prints := []specimen.Print{specimen.Waves, specimen.Rosettes, specimen.Relief, specimen.Words, specimen.Net}
	s.pitch = s.between(20, 32)
	s.card = specimen.Card{
		Lines: specimen.Invent(s.kind, seed), Seed: seed,
		Print: prints[s.IntN(len(prints))], Pattern: s.between(0.19, 0.9),
	}
	s.photo = specimen.Photo{
		Width: 1280, Height: 960, Seed: seed,
		Turn: s.between(-5, 5), Lean: s.between(-9, 9), Nod: s.between(-9, 9),
		Noise: s.between(1, 5), Uneven: s.between(0, 0.4), Quality: 70 + s.IntN(23),
		AsideX: s.between(-1, 1), AsideY: s.between(-1, 1),
	}
	if s.IntN(3) == 0 {
		s.photo.Width, s.photo.Height = 960, 1280
	}
	if s.IntN(3) == 0 {
		grounds := specimen.Grounds()
		s.photo.Ground = grounds[s.IntN(len(grounds))]
	}
	s.photo.Blur = s.between(0.02, 0.05) // in cells, until frame
}

// frame turns cells into pixels and puts the document where it fits.
func (s *scene) frame() {
	before := 1.0 // pixels of the first file for one of the picture sent
	if s.photo.Sent > 0 {
		before = float64(max(s.photo.Width, s.photo.Height)) / float64(s.photo.Sent)
	}
	s.card.PixelsPerCell = min(max(1.2*s.pitch*before, 16), 40)
	w, h := s.size()
	sn, cs := math.Sincos(s.photo.Turn * math.Pi / 180)
	spanX, spanY := math.Abs(cs)*w+math.Abs(sn)*h, math.Abs(sn)*w+math.Abs(cs)*h
	fit := min(float64(s.photo.Width)/spanX, float64(s.photo.Height)/spanY)
	const widest = 0.97
	s.photo.Fill = min(s.pitch*before/s.card.PixelsPerCell/fit, widest)
	s.pitch = s.photo.Fill * fit * s.card.PixelsPerCell / before
	cell := s.pitch * before
	s.photo.Blur = 0.3 + s.photo.Blur*cell
	s.photo.Shake *= cell
	// Perspective makes one side larger, so not all of the room is used.
	zoom := s.photo.Fill * fit
	s.photo.AsideX *= 0.35 * max(0, 1-spanX*zoom*1.1/float64(s.photo.Width))
	s.photo.AsideY *= 0.35 * max(0, 1-spanY*zoom*1.1/float64(s.photo.Height))
}

// size of the document in pixels of the drawing.
func (s *scene) size() (w, h float64) {
	box := s.card.Bounds()
	if s.both {
		return float64(box.Dx()), 2.1 * float64(box.Dy())
	}
	return float64(box.Dx()), float64(box.Dy())
}

// document draws what is photographed.
func (s *scene) document() (*image.RGBA, error) {
	card, err := s.card.Draw()
	if err != nil || !s.both {
		return card, err
	}
	front := s.card
	front.Front = true
	other, err := front.Draw()
	if err != nil {
		return nil, err
	}
	return above(other, card, s.IntN(2) == 0), nil
}
