package mrz

// Check is what became of one check digit.
type Check uint8

// The states of a check. In JSON they are null, false and true.
const (
	// Absent is a check that the MRZ does not have.
	Absent Check = iota

	// Failed is a digit that does not fit, or is none.
	Failed

	// Holds is a digit that fits.
	Holds
)

// MarshalJSON writes null, false or true.
func (c Check) MarshalJSON() ([]byte, error) {
	switch c {
	case Holds:
		return []byte("true"), nil
	case Failed:
		return []byte("false"), nil
	}
	return []byte("null"), nil
}

func checkOf(holds bool) Check {
	if holds {
		return Holds
	}
	return Failed
}

// Checks are the check digits of an MRZ.
type Checks struct {
	DocumentNumber Check `json:"document_number"`
	BirthDate      Check `json:"birth_date"`
	ExpiryDate     Check `json:"expiry_date"`

	// PersonalNumber is TD3's; other formats have none, in JSON not even null.
	PersonalNumber Check `json:"personal_number,omitzero"`
	Composite      Check `json:"composite"`
}

// hold reports whether no check failed.
func (c Checks) hold() bool {
	return c.DocumentNumber != Failed && c.BirthDate != Failed && c.ExpiryDate != Failed &&
		c.PersonalNumber != Failed && c.Composite != Failed
}

// CheckDigit computes the check digit of a text (ICAO 9303-3, 4.9): weights 7,
// 3, 1, letters from A = 10, fillers 0, the sum modulo 10. It is false for a
// text with a character outside the alphabet.
func CheckDigit(s string) (byte, bool) {
	if !inAlphabet(s) {
		return 0, false
	}
	return '0' + byte(weigh(s, 0)%10), true
}

// Holds reports whether these lines of this format are a valid MRZ: shape,
// alphabet, dates and check digits, the same as Valid after Parse. It allocates
// nothing, for those who try many readings of a picture.
func (f Format) Holds(lines []string) bool {
	l := f.layout()
	if l == nil || len(lines) != l.lines {
		return false
	}
	for _, line := range lines {
		if len(line) != l.length || !inAlphabet(line) {
			return false
		}
	}
	r := verify(l, lines)
	return r.checks.hold() && r.birthOK && r.expiryOK
}

// reading is what the arithmetic says of the lines of a format.
type reading struct {
	checks            Checks
	number            number
	birth, expiry     shortDate
	birthOK, expiryOK bool // also when the format has no such date
	pin               pin
	hasPIN            bool
}

// verify computes every check and reads the dates. The lines have the format's
// shape.
func verify(l *layout, lines []string) reading {
	var r reading
	r.number = readNumber(l, lines)
	r.checks.DocumentNumber = r.number.check
	r.birth, r.birthOK = readDate(l.at[FieldBirthDate].of(lines))
	r.checks.BirthDate = ownDigit(l.at[FieldBirthDate].of(lines), l.at[digitBirth].of(lines))
	r.expiryOK = true
	if l.has(FieldExpiryDate) {
		r.expiry, r.expiryOK = readExpiry(l.at[FieldExpiryDate].of(lines))
		r.checks.ExpiryDate = ownDigit(l.at[FieldExpiryDate].of(lines), l.at[digitExpiry].of(lines))
	}
	if l.has(digitPersonal) {
		r.checks.PersonalNumber = ownDigit(l.at[FieldPersonalNumber].of(lines), l.at[digitPersonal].of(lines))
	}
	if l.has(digitComposite) {
		r.checks.Composite = composite(l, lines)
	}
	return r
}

// ownDigit checks a field against its own digit. A field of fillers only may
// have a filler in the digit's place: ICAO 9303-4, 4.2.2.2 allows it for the
// personal number, and issuers do it with other empty fields too.
func ownDigit(field, digit string) Check {
	sum := weigh(field, 0)
	if sum < 0 {
		return Failed
	}
	return checkOf(fits(sum, digit[0]) || digit == "<" && blank(field))
}

func composite(l *layout, lines []string) Check {
	sum := compositeSum(l, lines)
	return checkOf(sum >= 0 && fits(sum, l.at[digitComposite].of(lines)[0]))
}

// compositeSum is the weighted sum of all that the composite digit covers, -1
// if a character is outside the alphabet.
func compositeSum(l *layout, lines []string) int {
	sum, phase := 0, 0
	for _, at := range l.composite {
		s := at.of(lines)
		part := weigh(s, phase)
		if part < 0 {
			return -1
		}
		sum += part
		phase = (phase + len(s)) % weights
	}
	return sum
}

// inAlphabet reports whether an MRZ may have each of the characters.
func inAlphabet(s string) bool {
	for i := range len(s) {
		if indexes[s[i]] < 0 {
			return false
		}
	}
	return true
}

// fits reports whether the character is the digit of the sum.
func fits(sum int, digit byte) bool { return digit == '0'+byte(sum%10) }

// blank reports whether there are only fillers.
func blank(s string) bool {
	for i := range len(s) {
		if s[i] != '<' {
			return false
		}
	}
	return true
}

// weights is how many weights there are: 7, 3 and 1, in turn.
const weights = 3

// weigh is the weighted sum of a text that begins at that phase of the
// weights. For the length of a line it is negative if a character is outside
// the alphabet.
func weigh(s string, phase int) int {
	first, second, third := &weighted[phase], &weighted[(phase+1)%weights], &weighted[(phase+2)%weights]
	sum := 0
	for ; len(s) >= weights; s = s[weights:] {
		sum += first[s[0]] + second[s[1]] + third[s[2]]
	}
	if len(s) > 0 {
		sum += first[s[0]]
	}
	if len(s) > 1 {
		sum += second[s[1]]
	}
	return sum
}

// outside outweighs any sum of an MRZ: no line is longer than 44.
const outside = -1 << 20

// weighted holds each character's value under each weight. A table for each
// saves a branch a character, for those who try many readings.
var weighted = func() (tables [weights][256]int) {
	for phase, weight := range [weights]int{7, 3, 1} {
		for char, n := range indexes {
			switch {
			case n < 0:
				tables[phase][char] = outside
			case char != '<':
				tables[phase][char] = weight * int(n)
			}
		}
	}
	return tables
}()
