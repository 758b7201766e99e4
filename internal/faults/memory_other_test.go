//go:build !linux

package faults

// peakMemory is known on Linux only.
func peakMemory(int) (int64, bool) { return 0, false }
