package cli

import (
	"maps"
	"slices"
	"sync"
)

// What the notes are about.
const (
	aboutClock   = "clock"
	aboutFiles   = "files"
	aboutToken   = "token"
	aboutUpdates = "updates"
	aboutWebhook = "webhook"
)

// notes is what somebody should see to while the bot runs, a sentence for each
// matter. /readyz and `mrzbot check` show them.
type notes struct {
	mu  sync.Mutex
	all map[string]string
}

// set notes something, and reports whether it is new; "" when it is over.
func (n *notes) set(about, says string) (changed bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.all[about] == says {
		return false
	}
	if n.all == nil {
		n.all = map[string]string{}
	}
	n.all[about] = says
	if says == "" {
		delete(n.all, about)
	}
	return true
}

// list gives them as lines, in the order of what they are about.
func (n *notes) list() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var lines []string
	for _, about := range slices.Sorted(maps.Keys(n.all)) {
		lines = append(lines, about+": "+n.all[about])
	}
	return lines
}
