// Package mrzimage works with pictures of identity documents on this machine:
// it says what a file is, takes its metadata away, judges the picture, finds
// the machine-readable zone (ICAO 9303) and reads it.
//
// The way of a picture through the package is a row of rooms, each a file or
// two:
//
//	inspect.go, strip*.go   what a file is, and what it need not tell
//	decode.go, internal/codec
//	                        from bytes to an upright plane of brightness
//	internal/find           from the plane to zones: lines of evenly pitched glyphs
//	internal/rectify        from a zone to one small patch for each cell
//	internal/network        from a patch to a probability for each character
//	reader.go, copies.go, offer.go, glimpse.go, candidate.go, survey.go,
//	refine.go, straighten.go
//	                        the search: candidates in, the best one out
//	decide.go, repair.go, grammar.go
//	                        from probabilities to text, under the rules of the format
//	hidden.go               what of it is not shown by the picture
//	judge*.go, glare.go     what can be said about the picture itself, and
//	                        whether anybody could read it
//	also.go                 a second document in the same picture
//	answer.go               what the caller is told
//	mark.go                 the same, drawn
//
// docs/README.md shows a picture on this way. go generate draws it anew.
//
// The package does not say what the text means (that is package mrz), does not
// talk to any network, and keeps nothing of a picture after Read returns.
package mrzimage

//go:generate go run ./stages -out docs
