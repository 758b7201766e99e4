//go:build race

package mrzimage

// RaceEnabled tells tests whether the race detector slows them down.
const RaceEnabled = true
