package mrz

import "strings"

// Split finds the zones of a text: runs of lines, separated by empty ones. A
// line may end with \n or \r\n; nothing else is cleaned up, so a line of
// spaces is a line.
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
	return zones
}
