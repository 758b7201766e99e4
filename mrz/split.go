package mrz

import (
	"slices"
	"strings"
)

// maxScattered is how many lines on their own Split tries to put together.
const maxScattered = 300

// Split finds the MRZs of a text: runs of lines, separated by empty ones. A
// line may end with \n or \r\n; nothing else is cleaned up, so a line of
// spaces is a line. Lines of one MRZ that empty lines keep apart are put
// together, if together they are one or can be restored to one.
func Split(text string) [][]string {
	var mrzs [][]string
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		if line != "" {
			lines = append(lines, line)
			continue
		}
		if len(lines) > 0 {
			mrzs, lines = append(mrzs, lines), nil
		}
	}
	if len(lines) > 0 {
		mrzs = append(mrzs, lines)
	}
	if len(mrzs) > maxScattered {
		return mrzs
	}
	return gather(mrzs)
}

// gather puts lines together that stand on their own.
func gather(mrzs [][]string) [][]string {
	var gathered [][]string
	for len(mrzs) > 0 {
		n := 1
		for _, lines := range [...]int{TD1.Lines(), TD2.Lines()} {
			if len(mrzs) >= lines && scattered(mrzs[:lines]) {
				n = lines
				break
			}
		}
		gathered = append(gathered, slices.Concat(mrzs[:n]...))
		mrzs = mrzs[n:]
	}
	return gathered
}

// scattered reports whether these are the lines of one MRZ.
func scattered(mrzs [][]string) bool {
	if slices.ContainsFunc(mrzs, func(lines []string) bool { return len(lines) > 1 }) {
		return false
	}
	lines := slices.Concat(mrzs...)
	_, ok := Restore(lines)
	return ok || whole(lines)
}
