//go:build !race

package mrzimage_test

const raceEnabled = false
