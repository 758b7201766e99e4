package mrz

import (
	"slices"
	"strings"
)

// Apply returns the lines with the repairs made. A repair whose From does not
// stand at its place is left out.
func Apply(lines []string, repairs []Repair) []string {
	if len(lines) == 0 {
		return []string{}
	}
	cells, before := make([][]string, len(lines)), make([][]string, len(lines))
	for i, line := range lines {
		cells[i] = append(strings.Split(line, ""), "\n")
		before[i] = make([]string, len(cells[i]))
	}
	cells[len(lines)-1][len(cells[len(lines)-1])-1] = "" // the last has no end
	for _, r := range repairs {
		i, j := r.Line-1, r.Column-1
		switch {
		case i < 0 || i >= len(cells) || j < 0 || j >= len(cells[i]):
		case r.From == "":
			before[i][j] += r.To
		case r.From == cells[i][j]:
			cells[i][j] = r.To
		}
	}
	var text strings.Builder
	for i := range cells {
		for j := range cells[i] {
			text.WriteString(before[i][j])
			text.WriteString(cells[i][j])
		}
	}
	return strings.Split(text.String(), "\n")
}

// Diff returns the fewest repairs that lead from lines to others.
func Diff(from, to []string) []Repair {
	a, b := strings.Split(strings.Join(from, "\n"), ""), strings.Split(strings.Join(to, "\n"), "")
	steps := distances(a, b)
	var found []Repair
	for i, j := len(a), len(b); i > 0 || j > 0; {
		switch {
		case i > 0 && j > 0 && steps[i][j] == steps[i-1][j-1]+exchange(a[i-1], b[j-1]):
			i, j = i-1, j-1
			if a[i] != b[j] {
				found = append(found, repairAt(a[:i], a[i], b[j]))
			}
		case j > 0 && steps[i][j] == steps[i][j-1]+1:
			j--
			found = append(found, repairAt(a[:i], "", b[j]))
		default:
			i--
			found = append(found, repairAt(a[:i], a[i], ""))
		}
	}
	slices.Reverse(found)
	return found
}

// repairAt is the repair after so many characters of a text.
func repairAt(before []string, from, to string) Repair {
	r := Repair{Line: 1, Column: 1, From: from, To: to}
	for _, char := range before {
		r.Column++
		if char == "\n" {
			r.Line, r.Column = r.Line+1, 1
		}
	}
	return r
}

// distances are how many repairs lead from each start of a to each start of b.
func distances(a, b []string) [][]int {
	steps := make([][]int, len(a)+1)
	for i := range steps {
		steps[i] = make([]int, len(b)+1)
		for j := range steps[i] {
			switch {
			case i == 0:
				steps[i][j] = j
			case j == 0:
				steps[i][j] = i
			default:
				steps[i][j] = min(steps[i-1][j-1]+exchange(a[i-1], b[j-1]), steps[i-1][j]+1, steps[i][j-1]+1)
			}
		}
	}
	return steps
}

// exchange is what it takes to make one character of another. The end of a line
// is never exchanged for a character.
func exchange(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == "\n" || b == "\n":
		return 2
	}
	return 1
}
