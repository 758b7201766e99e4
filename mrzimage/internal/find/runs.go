package find

// longRun of glyphs without a space between them is an MRZ's line, or most of
// it: what lies further along, as on a page below the card, is none of it.
const longRun = 24

// unbroken is the stretch of members without a space in which most of a chain
// lies.
func unbroken(marks []mark, members, chain []int) []int {
	const space = 1.9 // in cells, between middles: an empty cell is two
	pitch := pathOf(marks, members).pitch
	best, most, from := members[:0], 0, 0
	for i := range members {
		last := i+1 == len(members)
		if !last && marks[members[i+1]].u-marks[members[i]].u <= space*pitch {
			continue
		}
		run := members[from : i+1]
		from = i + 1
		inside := 0
		for _, m := range chain {
			if u := marks[m].u; u >= marks[run[0]].u && u <= marks[run[len(run)-1]].u {
				inside++
			}
		}
		if inside > most {
			best, most = run, inside
		}
	}
	return best
}

// evenPart is the longest stretch of members that begins and ends on the grid
// and never leaves it for long: beside an MRZ may stand other print, which
// keeps to no grid.
func evenPart(on []bool) []int {
	const longest = 2 // neighbours off the grid
	var best, now []int
	off := 0
	for i, fits := range on {
		switch {
		case fits:
			now, off = append(now, i), 0
		case off < longest:
			off++
		default:
			now, off = nil, 0
		}
		if len(now) > len(best) {
			best = now
		}
	}
	return best
}
