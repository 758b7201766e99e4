package corpus

import "mrzbot/mrzimage/specimen"

// distortions of the corpus. Lengths that depend on the size of the characters
// are in cells.
var distortions = []Distortion{
	{Name: "kyrgyz20", Count: 400, Target: 0.98, imagine: func(*scene) {}},
	{Name: "kyrgyz12", Count: 250, Target: 0.93, imagine: func(s *scene) {
		s.pitch = s.between(12, 14)
	}},
	{Name: "tilt", Count: 200, Target: 0.98, imagine: func(s *scene) {
		s.photo.Turn, s.photo.Lean, s.photo.Nod = s.between(-15, 15), s.either(12, 28), s.either(12, 28)
	}},
	{Name: "turned", Count: 200, Target: 0.98, imagine: func(s *scene) {
		s.photo.Turn = s.between(0, 360)
	}},
	{Name: "blur", Count: 150, Target: 0.98, imagine: func(s *scene) {
		s.photo.Blur = s.between(0.08, 0.14)
	}},
	{Name: "motion", Count: 150, Target: 0.98, imagine: func(s *scene) {
		s.photo.Shake, s.photo.ShakeTurn = s.between(0.15, 0.38), s.between(0, 180)
	}},
	{Name: "dark", Count: 120, Target: 0.95, imagine: func(s *scene) {
		s.photo.Dim, s.photo.Noise = s.between(0.65, 0.85), s.between(2, 5)
	}},
	{Name: "shadow", Count: 120, Target: 0.95, imagine: func(s *scene) {
		s.photo.Shadow = s.between(0.4, 0.75)
	}},
	{Name: "glare", Count: 200, hides: true, imagine: func(s *scene) {
		s.photo.Glare, s.photo.GlareWide = s.between(0.45, 1), s.between(0.03, 0.14)
		s.photo.GlareX, s.photo.GlareY = s.between(0.15, 0.85), s.between(0.4, 0.85)
	}},
	{Name: "fingers", Count: 100, hides: true, imagine: func(s *scene) {
		s.photo.Fingers, s.photo.FingerDeep = 2+s.IntN(3), s.between(0.04, 0.3)
	}},
	{Name: "far", Count: 40, imagine: func(s *scene) {
		s.photo.Width, s.photo.Height = 4000, 3000
		if s.index%2 == 0 {
			s.photo.Width, s.photo.Height = 2250, 3000
		}
		s.pitch = s.between(15, 24)
	}},
	{Name: "sides", Count: 80, imagine: func(s *scene) {
		s.both = true
		s.pitch = s.between(16, 26)
	}},
	{Name: "busy", Count: 120, imagine: func(s *scene) {
		s.photo.Ground = specimen.Grounds()[1+s.index%(len(specimen.Grounds())-1)]
		s.pitch = s.between(15, 26)
	}},
	{Name: "guilloche", Count: 150, imagine: func(s *scene) {
		s.card.Pattern = s.between(0.96, 1.29)
	}},
	{Name: "noise", Count: 80, imagine: func(s *scene) {
		s.photo.Noise = s.between(10, 18)
	}},
	{Name: "jpeg", Count: 80, imagine: func(s *scene) {
		s.photo.Quality = 20 + s.IntN(21)
	}},
	{Name: "telegram", Count: 60, imagine: func(s *scene) {
		s.photo.Width, s.photo.Height = 2*s.photo.Width, 2*s.photo.Height
		s.photo.Sent = 1280
		s.pitch = s.between(12, 26)
	}},
	{Name: "thumbnail", Count: 80, imagine: func(s *scene) {
		s.photo.Width, s.photo.Height = 320, 240
		if s.index%2 == 0 {
			s.photo.Width, s.photo.Height = 400, 300
		}
		s.photo.Turn, s.photo.Lean, s.photo.Nod = s.between(-2, 2), s.between(-3, 3), s.between(-3, 3)
	}},
	{Name: "others", Count: 240, format: "TD3 TD2 TD3 MRVA MRVB", imagine: func(s *scene) {
		s.pitch = s.between(13, 26)
	}},
	{Name: "pen", Count: 80, hides: true, imagine: marked(specimen.Pen)},
	{Name: "hair", Count: 80, hides: true, imagine: marked(specimen.Hair)},
	{Name: "scratch", Count: 80, hides: true, imagine: marked(specimen.Scratch)},
	{Name: "crease", Count: 60, hides: true, imagine: marked(specimen.Crease)},
	{Name: "stamp", Count: 60, hides: true, imagine: marked(specimen.Stamp)},
	{Name: "overprint", Count: 60, hides: true, imagine: marked(specimen.Overprint)},
	{Name: "states", Count: 240, format: "C1USA 132 DIGITS PAIRS", imagine: straight},
	{Name: "pinless", Count: 80, format: "KGZ-NO-PIN KGZ-PIN-BELOW", imagine: straight},
	{Name: "internal", Count: 80, format: "RUS", imagine: straight},
	{Name: "lengths", Count: 80, format: "SVK34 DEU35 ESP28 CHE-DL EU-DL", beyond: true, imagine: straight},
	{Name: "fax", Count: 62, imagine: func(s *scene) {
		straight(s)
		s.card.Pattern = s.between(0, 0.5)
		s.photo.Noise, s.photo.Uneven, s.photo.Ground = 0, 0, specimen.Table
		s.fax = diffused + dither(s.turn)%(dithers-diffused)
	}},
	{Name: "softglare", Count: 80, hides: true, imagine: func(s *scene) {
		s.photo.GlareWide = s.between(0.12, 0.4)
		s.photo.GlareX, s.photo.GlareY = s.between(0.15, 0.85), s.between(0.4, 0.85)
		if s.turn%2 == 0 {
			s.photo.Glare = s.between(0.12, 0.4)
		} else {
			s.photo.Veil = s.between(0.3, 0.8)
		}
	}},
	{Name: "nothing", Count: 80, imagine: func(s *scene) {
		s.kind = none
		s.card.Front = true
		s.photo.Ground = specimen.Grounds()[s.index%len(specimen.Grounds())]
	}},
}

// marked lays a mark over the letters of a card, which is seen from above or a
// little aside, close or from afar.
func marked(m specimen.Mark) func(*scene) {
	return func(s *scene) {
		s.card.Marks = []specimen.Mark{m}
		straight(s)
	}
}

// straight is a scan, or a picture that was taken with care and cut to the
// document.
func straight(s *scene) {
	s.pitch = s.between(10, 24)
	box := s.card.Bounds()
	s.photo.Width = int(1.12 * s.pitch * float64(box.Dx()) / drawnPitch)
	s.photo.Height = s.photo.Width * 3 / 4
	if s.turn%2 == 0 {
		s.card.Pattern = s.between(0, 0.4)
		s.photo.Turn, s.photo.Lean, s.photo.Nod = s.between(-2, 2), s.between(-3, 3), s.between(-3, 3)
	}
}

// drawnPitch is the width of a cell of a card that says nothing of it.
const drawnPitch = 24.0
