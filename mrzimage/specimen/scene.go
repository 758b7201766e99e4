package specimen

import "math/rand/v2"

// Scene is a way in which people take pictures, with everything else as it
// comes.
type Scene string

// The scenes that readers are measured in.
const (
	Plain    Scene = "plain"
	Tilted   Scene = "tilted"   // some degrees, and seen from the side
	Steep    Scene = "steep"    // seen from far to the side
	Quarter  Scene = "quarter"  // turned to the left or the right
	Inverted Scene = "inverted" // upside down
	Blurred  Scene = "blurred"
	Shaken   Scene = "shaken"
	Dark     Scene = "dark"
	Glaring  Scene = "glaring" // a bright spot away from most of the MRZ
	Far      Scene = "far"     // the document spans a third of the picture
)

// Scenes are all of them.
func Scenes() []Scene {
	return []Scene{Plain, Tilted, Steep, Quarter, Inverted, Blurred, Shaken, Dark, Glaring, Far}
}

// Photo gives one picture's conditions of a scene. The same arguments give the
// same conditions.
func (s Scene) Photo(width, height int, seed uint64) Photo {
	r := rand.New(rand.NewPCG(seed, 80))
	between := func(a, b float64) float64 { return a + (b-a)*r.Float64() }
	either := func(v float64) float64 {
		if r.IntN(2) == 0 {
			return -v
		}
		return v
	}
	p := Photo{
		Width: width, Height: height, Seed: seed,
		Fill: between(0.75, 0.92), Turn: between(-2, 2), Lean: between(-5, 5), Nod: between(-5, 5),
		Blur: between(0.3, 0.8), Noise: between(1, 4), Quality: 75 + r.IntN(20),
	}
	unit := float64(width) / 1280 // blur counts in parts of the picture
	switch s {
	case Tilted:
		p.Turn, p.Lean, p.Nod = either(between(3, 12)), either(between(5, 15)), either(between(5, 15))
	case Steep:
		p.Turn, p.Lean, p.Nod = between(-8, 8), either(between(15, 28)), either(between(15, 28))
	case Quarter:
		p.Turn += either(90)
	case Inverted:
		p.Turn += 180
	case Blurred:
		p.Blur = between(1.5, 3) * unit
	case Shaken:
		p.Shake = between(4, 9) * unit
	case Dark:
		p.Dim, p.Noise = between(0.6, 0.82), between(3, 6)
	case Glaring:
		p.Glare, p.GlareX, p.GlareY = between(0.4, 1), between(0.2, 0.8), between(0.2, 0.7)
	case Far:
		p.Fill = between(0.4, 0.55)
	}
	return p
}
