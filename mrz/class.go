package mrz

// Alphabet holds every character an MRZ may have (ICAO 9303-3, 4.3). Only '<',
// the filler, has another value than its index: zero.
const Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"

// unreadable stands for a character that is none of ASCII.
const unreadable = '?'

// Class is a set of characters of the alphabet, one bit each, in its order.
// Join and cut classes with | and &.
type Class uint64

// The classes that most cells have.
const (
	Digits  Class = 1<<10 - 1
	Letters Class = (1<<26 - 1) << 10
	Filler  Class = 1 << 36

	anyCharacter = Digits | Letters | Filler
)

// Has reports whether the character is in the class.
func (c Class) Has(char byte) bool {
	n := indexes[char]
	return n >= 0 && c>>n&1 != 0
}

func isDigit(char byte) bool { return '0' <= char && char <= '9' }

// Only is the class of these characters. What is not in the alphabet is left out.
func Only(chars string) Class {
	var c Class
	for i := range len(chars) {
		if n := indexes[chars[i]]; n >= 0 {
			c |= 1 << n
		}
	}
	return c
}

// chars lists the class in the order of the alphabet.
func (c Class) chars() []byte {
	var chars []byte
	for i := range len(Alphabet) {
		if c>>i&1 != 0 {
			chars = append(chars, Alphabet[i])
		}
	}
	return chars
}

// indexes gives each character its place in the alphabet, -1 to all others.
var indexes = func() (table [256]int8) {
	for i := range table {
		table[i] = -1
	}
	for i := range len(Alphabet) {
		table[Alphabet[i]] = int8(i)
	}
	return table
}()
