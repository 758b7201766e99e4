package pgtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of times in /proc: a hundred a second, on every system that
// Go runs on.
const tick = 10 * time.Millisecond

// CPUTime gives the processor time that the server's processes have used, those
// that ended included; 0 where /proc does not tell.
func (s *Server) CPUTime() (used time.Duration) {
	if s.running == nil {
		return 0
	}
	first := s.running.cmd.Process.Pid
	all, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is sound
	for _, path := range all {
		used += cpuTime(path, first)
	}
	return used
}

// cpuTime reads the time of a process, if it is a server's first one, or a child
// of that.
func cpuTime(path string, first int) time.Duration {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	// pid (name) state ppid …: the name may hold anything.
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 15 {
		return 0
	}
	number := func(i int) time.Duration {
		n, _ := strconv.ParseInt(fields[i], 10, 64) // a number, by proc(5)
		return time.Duration(n)
	}
	switch {
	case path == fmt.Sprintf("/proc/%d/stat", first):
		// Its own, and that of its children that ended.
		return (number(11) + number(12) + number(13) + number(14)) * tick
	case fields[1] == strconv.Itoa(first):
		return (number(11) + number(12)) * tick
	}
	return 0
}
