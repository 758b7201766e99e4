package decide

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/mrz"
	"mrzbot/mrzimage/internal/network"
)

// MRZs with all check digits right; the first four are examples of ICAO 9303.
var specimens = map[string]string{
	FormatTD1:    "I<UTOD231458907<<<<<<<<<<<<<<<|7408122F1204159UTO<<<<<<<<<<<6|ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
	FormatTD2:    "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<|D231458907UTO7408122F1204159<<<<<<<6",
	FormatTD3:    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<|L898902C36UTO7408122F1204159ZE184226B<<<<<10",
	FormatMRVA:   "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<|L8988901C4XXX4009078F96121096ZE184226B<<<<<<",
	FormatMRVB:   "VCFRASPECIMEN<<SPECIMEN<<<<<<<<<<<<<|F000000005UTO0311063M1401143<M300703",
	"long":       "IDBEL590335801485120100200<<<<|8512017F0901015BEL<<<<<<<<<<<7|REINARTZ<<ULRIKE<KATIA<E<<<<<<",
	"french":     "IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<|9409923102854CORINNE<<<<<<<6512068F4",
	"kyrgyz":     "IDKGZID1234567320101199012345<|9001011M3101012KGZ<<<<<<<<<<<0|TESTOV<<TEST<<<<<<<<<<<<<<<<<<",
	"no number":  "I<UTO<<<<<<<<<0<<<<<<<<<<<<<<<|7408122F1204159UTO<<<<<<<<<<<0|ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
	"long split": "I<UTOD23145890<7349<<<<<<<<<<<|3407127M9507122UTO<<<<<<<<<<<2|STEVENSON<<PETER<JOHN<<<<<<<<<",
}

// seen gives cells in which each character was seen with probability sure, and
// what others say about it otherwise.
func seen(lines []string, sure float64) [][]Logs {
	cells := make([][]Logs, len(lines))
	for row, line := range lines {
		cells[row] = make([]Logs, len(line))
		for col := range line {
			l := &cells[row][col]
			for i := range l {
				l[i] = float32(math.Log((1 - sure) / float64(network.NotGlyph)))
			}
			l[IndexOf(line[col])] = float32(math.Log(sure))
		}
	}
	return cells
}

// doubt makes a cell show another character with probability p, and what it
// showed with most of the rest.
func doubt(l *Logs, was, other byte, p float64) {
	l[IndexOf(other)] = float32(math.Log(p))
	l[IndexOf(was)] = float32(math.Log(0.98 * (1 - p)))
}

func text(lines [][]byte) string {
	var out []string
	for _, l := range lines {
		out = append(out, string(l))
	}
	return strings.Join(out, "|")
}

func TestDecideChecksTheExamples(t *testing.T) {
	for name, printed := range specimens {
		t.Run(name, func(t *testing.T) {
			r, ok := Decide(seen(strings.Split(printed, "|"), 0.99))
			require.True(t, ok)
			require.Equal(t, printed, text(r.Lines))
			require.True(t, r.Valid)
			require.Equal(t, mrz.Parse(strings.Split(printed, "|"), time.Time{}).Format, r.shape.format)
			if len(name) == 3 || strings.HasPrefix(name, "MRV") {
				require.Equal(t, name, r.shape.name)
			}
		})
	}
}

// The places of the shapes are those of package mrz: another character in a
// cell fails the check digits that the shape ties it to, and no others.
func TestShapesAgreeWithTheFormats(t *testing.T) {
	for _, s := range shapes {
		t.Run(s.format.String(), func(t *testing.T) {
			lines := checkedLines(s)
			printed := mrz.Parse(lines, time.Time{})
			require.Equal(t, s.format, printed.Format)
			require.Empty(t, failed(printed))
			for row := range lines {
				for col := range lines[row] {
					if row == 0 && col < len(s.prefix) {
						continue
					}
					changed := slices.Clone(lines)
					changed[row] = replaced(lines[row], col, digitAfter(lines[row][col]))
					require.Equal(t, tied(s, row, col), failed(mrz.Parse(changed, time.Time{})), "line %d, column %d", row+1, col+1)
				}
			}
			for _, sp := range s.states[1:] {
				lines[sp.row] = lines[sp.row][:sp.from] + "UTO" + lines[sp.row][sp.to:]
				require.Equal(t, "UTO", mrz.Parse(lines, time.Time{}).Fields.Nationality)
			}
			first := s.states[0]
			lines[first.row] = lines[first.row][:first.from] + "UTO" + lines[first.row][first.to:]
			require.Equal(t, "UTO", mrz.Parse(lines, time.Time{}).Fields.IssuingState)
		})
	}
}

// checkedLines are digits all over, with check digits that hold.
func checkedLines(s shape) []string {
	var lines []string
	for row := range s.format.Lines() {
		line := strings.Repeat("1234567890", 5)[row:][:s.format.Length()]
		if row == 0 {
			line = s.prefix + line[len(s.prefix):]
		}
		lines = append(lines, line)
	}
	all := s.checks
	if s.whole != nil {
		all = append(all[:len(all):len(all)], *s.whole)
	}
	for _, c := range all {
		covered := ""
		for _, sp := range c.covers {
			covered += lines[sp.row][sp.from:sp.to]
		}
		digit, _ := mrz.CheckDigit(covered)
		lines[c.digit.row] = replaced(lines[c.digit.row], c.digit.from, digit)
	}
	return lines
}

func replaced(line string, col int, c byte) string {
	return line[:col] + string(rune(c)) + line[col+1:]
}

func digitAfter(c byte) byte { return '0' + (c-'0'+1)%10 }

// failed numbers the check digits of an MRZ that do not hold, in the order of a
// shape's; the composite one comes last.
func failed(z mrz.MRZ) []int {
	var out []int
	for i, c := range []mrz.Check{z.Checks.DocumentNumber, z.Checks.BirthDate, z.Checks.ExpiryDate, z.Checks.PersonalNumber, z.Checks.Composite} {
		if c == mrz.Failed {
			out = append(out, i)
		}
	}
	return out
}

// tied numbers the check digits that a shape ties a cell to.
func tied(s shape, row, col int) []int {
	var out []int
	within := func(c check) bool {
		return slices.ContainsFunc(append(slices.Clone(c.covers), c.digit), func(sp span) bool {
			return sp.row == row && sp.from <= col && col < sp.to
		})
	}
	for i, c := range s.checks {
		if within(c) {
			out = append(out, i)
		}
	}
	const composite = 4
	if s.whole != nil && within(*s.whole) {
		out = append(out, composite)
	}
	return out
}

func TestNetworkAndGrammarCountCharactersAlike(t *testing.T) {
	require.Equal(t, mrz.Alphabet, network.Alphabet)
	for i := range len(mrz.Alphabet) {
		require.Equal(t, i, IndexOf(mrz.Alphabet[i]))
	}
}

func TestDecideReadsLookAlikesByTheirClass(t *testing.T) {
	printed := strings.Split(specimens["kyrgyz"], "|")
	cells := seen(printed, 0.99)
	doubt(&cells[1][2], '0', 'D', 0.95)
	doubt(&cells[2][4], 'O', '0', 0.99)
	doubt(&cells[1][1], '0', 'O', 0.97)
	r, _ := Decide(cells)
	require.Equal(t, specimens["kyrgyz"], text(r.Lines))
	require.Equal(t, byte('0'), r.Raw[2][4], "raw stays what was seen")
	require.Greater(t, r.Mean, -0.05, "a look-alike is no doubt")
}

// Where no check digit looks, a clear character stays that the class does not
// have, and what the picture leaves open is the class's and not sure.
func TestThePictureDecidesWhereNoCheckDigitLooks(t *testing.T) {
	for name, printed := range map[string]string{
		"document code":   "C1USA0000001236LIN1234567890<<|8001014M3001019USA<<<<<<<<<<<9|SPECIMEN<<TEST<VOID<<<<<<<<<<<",
		"nationality 201": "IDROUSS09999105<<<<<<<<<<<<<<<|8001014F3001019201<<<<<<<<<<<2|POPESCU<<MARIA<<<<<<<<<<<<<<<<",
		"nationality":     "IDROUSS09999105<<<<<<<<<<<<<<<|8001014F3001019132<<<<<<<<<<<2|POPESCU<<MARIA<<<<<<<<<<<<<<<<",
		"names":           "IDUTOAB12345671<<<<<<<<<<<<<<<|8001014F3001019UTO<<<<<<<<<<<0|SURNAME1<<GIVEN2<THIRD5<O6<B8<",
		"Russia":          "PNRUS8DINA<<NATAL9J<8R9EVNA<<<<<<<<<<<<<<<<<|4608123455RUS8001014F<<<<<<01151212770062<18",
	} {
		lines := strings.Split(printed, "|")
		r, _ := Decide(seen(lines, 0.99))
		require.Equal(t, printed, text(r.Lines), name)
		require.True(t, r.Valid, name)
		require.Greater(t, r.weakest, sureCharacter, name)
	}
	lines := strings.Split(specimens["kyrgyz"], "|")
	for _, c := range []struct {
		row, col   int
		was, other byte
	}{{0, 0, 'I', '1'}, {0, 4, 'Z', '2'}, {2, 2, 'S', '5'}, {1, 7, 'M', 'N'}} {
		cells := seen(lines, 0.99)
		doubt(&cells[c.row][c.col], c.was, c.other, 0.6)
		r, _ := Decide(cells)
		require.Equal(t, specimens["kyrgyz"], text(r.Lines), "%c", c.other)
		require.Less(t, r.weakest, sureCharacter, "%c: what is left open is not sure", c.other)
	}
}

// A filler may stand in the personal number's cells: some cards have it elsewhere.
func TestKyrgyzCardsWithoutAPersonalNumberFit(t *testing.T) {
	for _, printed := range []string{
		"IDKGZAN12345677<<<<<<<<<<<<<<<|8001014F3001019KGZ<<<<<<<<<<<8|ISAKOVA<<AIDAI<<<<<<<<<<<<<<<<",
		"IDKGZAN12345677<<<<<<<<<<<<<<<|8001014F3001019KGZ201011980127|ISAKOVA<<AIDAI<<<<<<<<<<<<<<<<",
		"PNRUSIVANOV<<PETR<SERGEEVI3<<<<<<<<<<<<<<<<<|4611123457RUS8504124M<<<<<<<4051212770062<92",
	} {
		r, ok := Decide(seen(strings.Split(printed, "|"), 0.99))
		require.True(t, ok)
		require.Equal(t, printed, text(r.Lines))
		require.True(t, r.Valid)
		require.Greater(t, r.Fits(), leastFit)
		require.False(t, r.foreign, "a filler where a date has no check digit")
	}
}

// Whatever its check digits say, a Kyrgyz number has two letters and seven
// digits.
func TestAKyrgyzNumberOfOtherCharactersIsNotSure(t *testing.T) {
	lines := td1Lines("ID", "KGZ", "8N1669736", "10705200241501")
	r, _ := Decide(seen(lines, 0.999))
	require.True(t, r.Valid)
	require.False(t, r.Sure())
	r, _ = Decide(seen(td1Lines("ID", "KGZ", "AN1669736", "10705200241501"), 0.999))
	require.True(t, r.Sure())
	r, _ = Decide(seen(td1Lines("ID", "KGZ", "AN1669736", "10705200241U01"), 0.999))
	require.True(t, r.Valid, "a U counts as a 0")
	require.False(t, r.Sure())
	r, _ = Decide(seen(td1Lines("ID", "UTO", "8N1669736", "10705200241501"), 0.999))
	require.True(t, r.Sure(), "other states number as they like")
}

// td1Lines are a card's, with all check digits right.
func td1Lines(code, state, number, optional string) []string {
	digit := func(s string) string {
		d, _ := mrz.CheckDigit(s)
		return string(rune(d))
	}
	first := (code + state + number + digit(number) + optional + strings.Repeat("<", 30))[:30]
	const dates = "8001014F3001019"
	second := dates + state + strings.Repeat("<", 11)
	second += digit(first[5:] + dates[:7] + dates[8:] + second[18:])
	return []string{first, second, "TESTOV<<TEST<<<<<<<<<<<<<<<<<<"}
}

// Digits that the weights do not tell from letters, alone or two of them: what
// the picture leaves open has a rival.
func TestACodeThatTheFormatDoesNotAllowIsNotSure(t *testing.T) {
	for code, sure := range map[string]bool{"ID": true, "AN": true, "C<": true, "TD": false, "L<": false} {
		r, _ := Decide(seen(td1Lines(code, "UTO", "AN1669736", "10705200241501"), 0.999))
		require.Equal(t, sure, r.Sure(), code)
	}
	passport := strings.Split(specimens[FormatTD3], "|")
	r, _ := Decide(seen(passport, 0.999))
	require.True(t, r.Sure())
	r, _ = Decide(seen([]string{"F" + passport[0][1:], passport[1]}, 0.999))
	require.False(t, r.Sure(), "a P without its foot")
}

func TestTwinsThatNoDigitTellsAreRivals(t *testing.T) {
	for name, c := range map[string]struct {
		number string
		twins  string // of the characters that are not clear
		from   int
		rival  bool
	}{
		"two O under 7 and 3": {"OOC900146", "00", 0, true},
		"two 0 under 7 and 3": {"00C900146", "OO", 0, true},
		"two Z under 3 and 1": {"AZZ900146", "22", 1, false},
		"G is worth 6":        {"AB12G4567", "6", 4, true},
		"S is worth 8":        {"AB12S4567", "8", 4, true},
		"S is not worth 5":    {"AB12S4567", "5", 4, false},
		"two Z under 7 and 3": {"ABCZZ4567", "22", 3, true},
		"two 2 under 7 and 3": {"ABC224567", "ZZ", 3, true},
	} {
		lines := td1Lines("ID", "UTO", c.number, "")
		cells := seen(lines, 0.999)
		for i := range len(c.twins) {
			col := 5 + c.from + i
			if was := lines[0][col]; was != c.twins[i] {
				doubt(&cells[0][col], was, c.twins[i], 0.15)
			}
		}
		r, _ := Decide(cells)
		require.True(t, r.Valid, name)
		require.Equal(t, c.rival, r.rivalled, "%s: %s", name, text(r.Lines))
	}
}

func TestOnlyACheckDigitDecidesInANumber(t *testing.T) {
	printed := strings.Split("IDKGZID0000001622902200000001<|0002299M3403015KGZ<<<<<<<<<<<6|UULU<ORNEK<<SYNTHETIC<<<<<<<<<", "|")
	cells := seen(printed, 0.99)
	doubt(&cells[0][8], '0', 'O', 0.6)
	r, _ := Decide(cells)
	require.Equal(t, strings.Join(printed, "|"), text(r.Lines), "the sums ask for the digit")

	printed[0] = "IDKGZIDO0000008622902200000001<"[:30]
	cells = seen(printed, 0.99)
	r, _ = Decide(cells)
	require.Equal(t, byte('O'), r.Lines[0][7], "a clear letter stays though a digit is usual")
}

// Three O may sum up as three 0 do: then the place decides.
func TestDigitsArePreferredWhereBothHold(t *testing.T) {
	const want = "IDKGZOW4039040822111198202479<|8211217M3411056KGZ<<<<<<<<<<<1|DAHUTEXO<<QUNEVANA<PUTU<<<<<<<"
	printed := strings.Split(strings.Replace(want, "OW4039040", "OW4O39O4O", 1), "|")
	require.True(t, mrz.TD1.Holds(printed), "the digits do not tell them apart")
	r, _ := Decide(seen(printed, 0.99))
	require.Equal(t, want, text(r.Lines))
}

func TestRepairNeverBeatsClearEvidence(t *testing.T) {
	printed := strings.Split(specimens[FormatTD1], "|")
	wrong := []string{printed[0], "7408123F1204159UTO<<<<<<<<<<<6", printed[2]}
	r, _ := Decide(seen(wrong, 0.999))
	require.Equal(t, strings.Join(wrong, "|"), text(r.Lines))
	require.False(t, r.Valid)
}

// A check digit over a cell that is erased must not be made to hold by changing
// what is seen.
func TestErasedCellsProveNothingOfTheOthers(t *testing.T) {
	printed := strings.Split(specimens["kyrgyz"], "|")
	cells := seen(printed, 0.999)
	cells[1][0] = Unknown()
	doubt(&cells[1][4], '0', '1', 0.35) // poorly seen, but the likelier by far
	r, _ := Decide(cells)
	for row, line := range printed {
		for col := range line {
			if row != 1 || col != 0 {
				require.Equal(t, string(line[col]), string(r.Lines[row][col]), "line %d, column %d", row+1, col+1)
			}
		}
	}
	require.False(t, r.Valid)
}

// Two digits that look like letters: the digits hold for both, so that nobody
// can tell.
func TestTextsThatHoldAlikeAreRivals(t *testing.T) {
	printed := td1Lines("ID", "UTO", "MS3007863", "22208196597914")
	cells := seen(printed, 0.999)
	r, _ := Decide(cells)
	require.True(t, r.Valid)
	require.False(t, r.rivalled)
	doubt(&cells[0][8], '0', 'O', 0.85)
	doubt(&cells[0][9], '0', 'O', 0.85)
	r, _ = Decide(cells)
	require.True(t, r.rivalled, text(r.Lines))
	require.True(t, r.Valid)

	cells = seen(printed, 0.999)
	doubt(&cells[0][10], '7', '1', 0.4)
	r, _ = Decide(cells)
	require.Equal(t, strings.Join(printed, "|"), text(r.Lines))
	require.False(t, r.rivalled, "here the digits decide")
}

// Words in the type of an MRZ are none: letters stand where digits do.
func TestWordsDoNotFit(t *testing.T) {
	words := []string{"INVENTED<SPECIMEN<NOT<A<DOCUME", "CUMENT<INVENTED<SPECIMEN<NOT<A", "NOT<A<DOCUMENT<INVENTED<SPECIM"}
	r, ok := Decide(seen(words, 0.999))
	require.True(t, ok)
	require.Less(t, r.Fits(), leastFit)
	for name, printed := range specimens {
		r, ok := Decide(seen(strings.Split(printed, "|"), 0.99))
		require.True(t, ok)
		require.Greater(t, r.Fits(), leastFit, name)
	}
}

func TestRepairTakesTheSecondChoiceThatFits(t *testing.T) {
	printed := strings.Split(specimens[FormatTD3], "|")
	cells := seen(printed, 0.999)
	doubt(&cells[1][3], '8', 'B', 0.7)
	doubt(&cells[1][16], '0', '8', 0.8)
	r, _ := Decide(cells)
	require.Equal(t, specimens[FormatTD3], text(r.Lines))
	require.True(t, r.Valid)
}

func TestStatesAreKnown(t *testing.T) {
	printed := strings.Split(specimens["kyrgyz"], "|")
	cells := seen(printed, 0.999)
	doubt(&cells[0][3], 'G', '6', 0.9)
	doubt(&cells[1][17], 'Z', 'X', 0.8)
	r, _ := Decide(cells)
	require.Equal(t, specimens["kyrgyz"], text(r.Lines))
}
