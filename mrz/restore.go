package mrz

import (
	"slices"
	"strings"
	"time"
)

// Restoration is an MRZ whose writing was changed on its way, put right.
type Restoration struct {
	// Lines have the shape of a format and only its characters, but for a '?'
	// where a character could not be read.
	Lines []string

	// Repairs lead from the lines as they were given to Lines. A "\n" stands for
	// the end of a line: it is inserted where one line was two, and removed where
	// two were one.
	Repairs []Repair

	// Changes are the kinds of what was done, in the order of AllChanges.
	Changes []Change
}

// Change is a kind of what was restored.
type Change string

// The kinds of changes.
const (
	ChangeFillers Change = "fillers" // lost, or written with other signs
	ChangeLetters Change = "letters" // small, or of another alphabet
	ChangeLines   Change = "lines"   // joined or broken
	ChangeSigns   Change = "signs"   // that belong to no MRZ, left out
)

// AllChanges returns every kind, for those who name them.
func AllChanges() []Change { return []Change{ChangeFillers, ChangeLetters, ChangeLines, ChangeSigns} }

// changesOf says of which kinds the changes are that lead from a text, its
// entities and escapes read, to the lines, in the order of AllChanges.
func changesOf(text string, lines []string) []Change {
	read := decode(text)
	repairs := Diff(strings.Split(read, "\n"), lines)
	has := func(c Change) bool {
		return slices.ContainsFunc(repairs, func(r Repair) bool { return r.change() == c })
	}
	return slices.DeleteFunc(AllChanges(), func(c Change) bool {
		switch c {
		case ChangeFillers:
			return !has(c) && read == text
		case ChangeLines: // a label on a line of its own breaks no line
			return !has(c) || has(ChangeSigns) && strings.Count(read, "\n") >= len(lines)
		}
		return !has(c)
	})
}

func (r Repair) change() Change {
	switch {
	case r.From == "\n" || r.To == "\n":
		return ChangeLines
	case r.To == "<" || r.From == "<":
		return ChangeFillers
	case r.To == "":
		return ChangeSigns
	}
	return ChangeLetters
}

// Limits of what Restore looks at: a text longer than any way to write an MRZ,
// as entities for example, is none.
const (
	maxRestoreBytes = 2000
	maxRestoreLines = 40
)

// Restore puts right what services, chats, keyboards and editors do to the
// writing of an MRZ: fillers that were lost at the end of a line or of a field,
// or came as blanks, quotation marks, full-width signs or entities; small,
// full-width, Cyrillic and Greek letters; marks that cannot be seen; labels and
// quotes around the lines; lines that were joined or broken.
//
// No letter or digit is invented or left out. The result is the only one that
// fits: every check digit holds and nothing looks odd that another way of
// restoring would explain. Where digits fail whatever is done, because a
// character was misread besides, the lines are restored only as far as their
// shape leaves no choice. It is false when there is nothing to restore or more
// than one way to do it; lines that have shape and characters are left alone.
func Restore(lines []string) (Restoration, bool) {
	text := strings.Join(lines, "\n")
	if len(text) > maxRestoreBytes || len(lines) > maxRestoreLines || whole(lines) {
		return Restoration{}, false
	}
	var best ranking
	var sure [][]string
	for _, list := range lists(text) {
		before := len(sure)
		for _, format := range [...]Format{TD1, TD2, TD3} {
			for i := 0; i+format.Lines() <= len(list); i++ {
				end := i + format.Lines()
				if slices.ContainsFunc(list[:i], likeMRZ) || slices.ContainsFunc(list[end:], likeEnd) {
					continue // another MRZ, or a part of this one
				}
				w := newWindow(format, list[i:end])
				w.rank(&best)
				if before == 0 && len(list) == format.Lines() {
					sure = append(sure, w.sure()...)
				}
			}
		}
	}
	found := best.found
	if len(found) == 0 {
		found = sure
	}
	if len(found) != 1 || slices.Equal(found[0], lines) {
		return Restoration{}, false
	}
	return Restoration{Lines: found[0], Repairs: Diff(lines, found[0]), Changes: changesOf(text, found[0])}, true
}

// likeMRZ reports whether a line is more than a word beside an MRZ.
func likeMRZ(line string) bool {
	const longWord = 15
	line = strings.TrimSpace(line)
	return strings.Contains(line, "<") || len(line) > longWord && !strings.Contains(line, " ")
}

// likeEnd reports whether a line behind an MRZ may be the end of its last: only
// several words are something else.
func likeEnd(line string) bool {
	line = strings.TrimSpace(line)
	return likeMRZ(line) || line != "" && !strings.Contains(line, " ")
}

// whole reports whether lines have the shape of a format and its characters.
func whole(lines []string) bool {
	return detect(lines) != Unknown && !slices.ContainsFunc(lines, func(line string) bool { return !inAlphabet(line) })
}

func distinct(found [][]string) [][]string {
	slices.SortFunc(found, slices.Compare)
	return slices.CompactFunc(found, slices.Equal)
}

// ranking keeps the best ways to restore: those in which the least looks odd,
// of these the ones that change least.
type ranking struct {
	odd, cost int
	found     [][]string
}

func (r *ranking) add(lines []string, odd, cost int) {
	switch {
	case len(r.found) == 0 || odd < r.odd || odd == r.odd && cost < r.cost:
		r.odd, r.cost, r.found = odd, cost, [][]string{lines}
	case odd == r.odd && cost == r.cost:
		r.found = distinct(append(r.found, lines))
	}
}

// window is as many lines as a format has, and the ways to write each in it.
type window struct {
	format Format
	ways   [][]way
}

func newWindow(format Format, lines []string) window {
	w := window{format: format}
	for i, line := range lines {
		w.ways = append(w.ways, ways(format, i, line))
	}
	return w
}

// rank tries all combinations in which everything holds.
func (w window) rank(best *ranking) { w.try(best, nil, way{}) }

// try goes through the ways of the lines that are not in set yet.
func (w window) try(best *ranking, lines []string, all way) {
	i := len(lines)
	if i < len(w.ways) {
		for _, one := range w.ways[i] {
			if one.holds {
				w.try(best, append(lines, one.text), all.and(one))
			}
		}
		return
	}
	if all.lone && !all.ended { // what was lost may have been a letter
		return
	}
	format := detect(lines)
	if format == Unknown || !format.Holds(lines) {
		return
	}
	m := Parse(lines, time.Time{})
	if all.cost > costNone && m.Fields.IssuingState == kyrgyzstan && contradicts(m) || all.cost > costEnd && strangeStart(m) {
		return
	}
	best.add(slices.Clone(lines), oddities(m), all.cost)
}

// sure is the restoration of a window in which digits fail: of each line the
// one way that changes no more than the writing of its characters, or fillers
// at its end, or the one that fits the cells of a Kyrgyz card.
func (w window) sure() [][]string {
	var lines []string
	var all way
	for i, list := range w.ways {
		kept := slices.DeleteFunc(slices.Clone(list), func(one way) bool { return one.cost > costEnd })
		if len(kept) == 0 && w.format == TD1 && i < 2 {
			kept = slices.DeleteFunc(slices.Clone(list), func(one way) bool { return !kyrgyzCells(i, one.text) })
		}
		if len(kept) != 1 {
			return nil
		}
		lines, all = append(lines, kept[0].text), all.and(kept[0])
	}
	if detect(lines) == Unknown || all.lone && !all.ended {
		return nil
	}
	m := Parse(lines, time.Time{})
	if strangeStart(m) || m.Fields.Nationality != "" && !KnownState(m.Fields.Nationality) {
		return nil // the lines may begin somewhere else
	}
	return [][]string{lines}
}

// kyrgyzCells reports whether a line, counted from 0, has the characters of a
// Kyrgyz card's.
func kyrgyzCells(i int, line string) bool {
	for column := range len(line) {
		if !Kyrgyz(i+1, column+1).Has(line[column]) {
			return false
		}
	}
	return true
}

// strangeStart reports whether an MRZ begins as none does: its start has been
// lost then, or taken for a label.
func strangeStart(m MRZ) bool {
	return slices.ContainsFunc(m.Warnings, func(p Problem) bool { return p.Code == CodeDocumentCodeUnusual })
}

// oddities counts what looks odd in an MRZ whose digits hold, and could come of
// fillers in the wrong place.
func oddities(m MRZ) int {
	n := 0
	for _, p := range m.Warnings {
		switch p.Code {
		case CodeDocumentCodeUnusual, CodeStateUnknown, CodeSexUnusual, CodeDocumentNumberMissing,
			CodeNoName, CodeNameSingle, CodeNameUnusual, CodeNameCharacter,
			CodeDocumentNumberUnusual, CodeOptionalDataUnusual, CodePersonalNumberUnusual:
			n++
		}
	}
	if m.Fields.Nationality != "" && m.Fields.Nationality != m.Fields.IssuingState {
		n++ // no digit protects the state, but most people hold papers of their own
	}
	return n
}
