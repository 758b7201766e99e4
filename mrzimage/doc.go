// Package mrzimage works with pictures of identity documents on this machine:
// it says what a file is, takes its metadata away, judges the picture, finds
// the MRZ (machine-readable zone, ICAO 9303) and reads it.
//
// The way of a picture through the package is a row of rooms, each a package under
// internal or a few files:
//
//	internal/imagefile      what a file is, and what it need not tell; from bytes,
//	                        with internal/codec, to an upright plane of brightness
//	binarize.go, internal/find
//	                        find: from the plane to blocks of evenly pitched glyphs
//	internal/rectify        rectify: from a block to one small patch for each cell
//	internal/network        classify: from a patch to a probability for each character
//	search.go, proposal.go, probe.go, scan.go, candidate.go, refine.go
//	                        the search: blocks in, the best candidate out
//	internal/decide         decide: from probabilities to text, under the rules of the format
//	steady.go, hidden.go, length.go
//	                        what of the text the picture does not bear out
//	internal/judge, judge.go
//	                        judge: what can be said about the picture itself, and
//	                        whether anybody could read it
//	also.go                 a second document in the same picture
//	answer.go, result.go    what the caller is told
//	mark.go                 the same, drawn
//
// docs/README.md shows a picture on this way. go generate draws it anew.
//
// The package does not say what the text means (that is package mrz), does not
// talk to any network, and keeps nothing of a picture after Read returns.
package mrzimage

//go:generate go run ./stages -out docs
