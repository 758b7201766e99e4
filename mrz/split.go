package mrz

import (
	"slices"
	"strings"
)

// maxScattered is how many lines on their own Split tries to put together.
const maxScattered = 300

// Split finds the zones of a text: runs of lines, separated by empty ones. A
// line may end with \n or \r\n; nothing else is cleaned up, so a line of
// spaces is a line. Lines of one zone that empty lines keep apart are put
// together, if together they are one or can be restored to one.
func Split(text string) [][]string {
	var zones [][]string
	var zone []string
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		if line != "" {
			zone = append(zone, line)
			continue
		}
		if len(zone) > 0 {
			zones, zone = append(zones, zone), nil
		}
	}
	if len(zone) > 0 {
		zones = append(zones, zone)
	}
	if len(zones) > maxScattered {
		return zones
	}
	return gather(zones)
}

// gather puts lines together that stand on their own.
func gather(zones [][]string) [][]string {
	var gathered [][]string
	for len(zones) > 0 {
		n := 1
		for _, lines := range [...]int{TD1.Lines(), TD2.Lines()} {
			if len(zones) >= lines && scattered(zones[:lines]) {
				n = lines
				break
			}
		}
		gathered = append(gathered, slices.Concat(zones[:n]...))
		zones = zones[n:]
	}
	return gathered
}

// scattered reports whether these are the lines of one zone.
func scattered(zones [][]string) bool {
	if slices.ContainsFunc(zones, func(lines []string) bool { return len(lines) > 1 }) {
		return false
	}
	lines := slices.Concat(zones...)
	_, ok := Restore(lines)
	return ok || whole(lines)
}
