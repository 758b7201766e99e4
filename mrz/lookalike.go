package mrz

import "strings"

// lookalikes are the characters that readers of OCR-B take for one another,
// the likeliest first: for each character that was read, what may have been
// printed. They cross from letters to digits and fillers.
var lookalikes = [256]string{
	'0': "ODQ", '1': "IL", '2': "Z", '4': "A", '5': "S", '6': "G", '7': "T", '8': "B",
	'A': "4", 'B': "8", 'C': "<0", 'D': "0", 'G': "6", 'I': "1", 'J': "1", 'K': "<", 'L': "1<", 'O': "0",
	'Q': "0", 'S': "5", 'T': "7", 'U': "0", 'X': "<", 'Z': "2",
}

// siblings are the confusions within digits and within letters. They are met
// less often, and prove less: in a row of digits there is nearly always one
// that makes a check digit fit.
var siblings = [256]string{
	'0': "86", '1': "74", '2': "7", '3': "89", '4': "91", '5': "639", '6': "508", '7': "12", '8': "3069", '9': "835",
	'B': "RE", 'C': "GO", 'D': "OQ", 'E': "FB", 'F': "EP", 'G': "CO", 'H': "NMW", 'I': "LTJ", 'J': "I", 'K': "X",
	'L': "I", 'M': "NWH", 'N': "MH", 'O': "QDGC", 'P': "RF", 'Q': "OD", 'R': "PB", 'T': "IY", 'U': "VO", 'V': "YU",
	'W': "MN", 'X': "KY", 'Y': "VT",
}

// printed lists what may have been printed where a character was read that
// does not belong there: the likeliest first, and only what does belong.
func printed(read byte, class Class) []byte {
	var chars []byte
	for _, list := range [...]string{string(rune(read)), lookalikes[read], siblings[read]} {
		for i := range len(list) {
			if class.Has(list[i]) {
				chars = append(chars, list[i])
			}
		}
	}
	return chars
}

// isLookalike reports whether one of the two is taken for the other across the
// kinds of characters.
func isLookalike(read, char byte) bool { return strings.IndexByte(lookalikes[read], char) >= 0 }

// meansKyrgyz reports whether a text in a state's place of a card means the
// Kyrgyz Republic, given the card's other code: either that one says so and this
// is one character away or looks like it, or both look like it. It is the one
// state whose code is repaired. No digit protects a code, so that of others
// nothing but a resemblance could be said.
func meansKyrgyz(read, other string) bool {
	switch {
	case read == kyrgyzstan:
		return true
	case KnownState(plain(read)):
		return false
	case other == kyrgyzstan && distance(read, kyrgyzstan) == 1:
		return true
	}
	return looksKyrgyz(read) && looksKyrgyz(other)
}

// looksKyrgyz reports whether each character may have been that of the code.
func looksKyrgyz(read string) bool {
	for i := range len(read) {
		if len(printed(read[i], Only(kyrgyzstan[i:i+1]))) == 0 {
			return false
		}
	}
	return true
}

// distance counts the characters in which two codes differ.
func distance(a, b string) int {
	n := 0
	for i := range len(a) {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}
