package mrzclient

import "strings"

// td1 is the size of an ID card's MRZ (ICAO 9303-5, 4.2.2).
const (
	td1Lines = 3
	td1Width = 30
)

// separators between lines, as they are and as they look when escaped twice.
var separators = strings.NewReplacer("\r\n", "\n", "\r", "\n", `\r\n`, "\n", `\n`, "\n", `\r`, "\n")

// lines gives the lines of the MRZ, none of them empty: of one text, or of a list
// or an object of texts. What they say stays as it came, for those who parse it:
// they know what an MRZ can be.
func (w wire) lines() []string {
	text := separators.Replace(strings.Join(hear(w.MRZ).texts, "\n"))
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) == 1 && len(lines[0]) == td1Lines*td1Width {
		whole := lines[0]
		lines = []string{whole[:td1Width], whole[td1Width : 2*td1Width], whole[2*td1Width:]}
	}
	return lines
}

// No MRZ has more than three lines of some 30 or two of 44 characters, but it may
// come with labels, in pieces, or with entities for its fillers. What is longer
// than all that is something else; what is wrong with the rest is for those who
// parse it, for it has been paid.
const (
	maxLines  = 12
	maxLength = 1000 // of all lines
)

func zoneLike(lines []string) bool {
	return len(lines) <= maxLines && len(strings.Join(lines, "")) <= maxLength
}
