package mrz_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrz"
)

func TestPropose(t *testing.T) {
	german := specimens[12].lines
	tests := []struct {
		name        string
		right, read []string
	}{
		{"a letter in the PIN", kyrgyz, put(kyrgyz, 1, 24, "O")},
		{"a letter in the number", kyrgyz, put(kyrgyz, 1, 9, "Z")},
		{"a letter to which the digits are blind", kyrgyz, put(kyrgyz, 1, 13, "G")},
		{"fillers to which the digits are blind", kyrgyz, put(put(kyrgyz, 1, 30, "K"), 2, 20, "A")},
		{"the document code", kyrgyz, put(kyrgyz, 1, 1, "1D")},
		{"the state", kyrgyz, put(kyrgyz, 1, 3, "K6Z")},
		{"the state, two characters", kyrgyz, put(kyrgyz, 1, 3, "K62")},
		{"the state, another", kyrgyz, put(kyrgyz, 1, 3, "KG2")},
		{"the state, as the nationality has it", kyrgyz, put(kyrgyz, 1, 3, "KGU")},
		{"the nationality", kyrgyz, put(kyrgyz, 2, 16, "K6Z")},
		{"a digit in the series", specimens[2].lines, put(specimens[2].lines, 1, 6, "I0")},
		{"a quotation mark for a filler", kyrgyz, []string{kyrgyz[0], kyrgyz[1], kyrgyz[2][:6] + "«" + kyrgyz[2][7:]}},
		{"an unreadable cell", kyrgyz, put(kyrgyz, 1, 26, "?")},
		{"the state of a card whose PIN contradicts", sealed(t, put(kyrgyz, 1, 17, "02")), put(sealed(t, put(kyrgyz, 1, 17, "02")), 1, 3, "K6Z")},
		{"a French card", specimens[11].lines, []string{"1DFRA8ERTH1ER" + specimens[11].lines[0][13:], put(specimens[11].lines, 2, 28, "GSI2")[1]}},
		{"a broken byte", kyrgyz, put(kyrgyz, 1, 26, "\xff")},
		{"two unreadable cells", kyrgyz, put(put(kyrgyz, 1, 11, "?"), 2, 4, "?")},
		{"an unreadable sex", kyrgyz, put(kyrgyz, 2, 8, "?")},
		{"a sex that is none", german, put(german, 2, 8, "K")},
		{"lower case", icao, []string{icao[0], icao[1], strings.ToLower(icao[2])}},
		{"a birth date that the PIN knows", kyrgyz, put(kyrgyz, 2, 3, "7")},
		{"lower case in optional data", specimens[7].lines, []string{specimens[7].lines[0], strings.ToLower(specimens[7].lines[1])}},
		{"a filler in a date", kyrgyz, put(kyrgyz, 2, 2, "<")},
		{"letters everywhere", kyrgyz, []string{
			"1DK6Z1DIZ3ASGT3ZOIOII99OIZ3AS<",
			"9OOIOIIM3IOIOIZK6Z<<<<<<<<<<<O",
			"TE5T0V<<TE5T<<<<<<<<<<<<<<<<<<",
		}},
		{"names", icao, put(put(icao, 3, 5, "5"), 3, 3, "1")},
		{"the expiry date of a passport", specimens[7].lines, put(specimens[7].lines, 2, 22, "I2O4I5")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sets := mrz.Propose(mrz.Parse(tt.read, today), today)
			require.Len(t, sets, 1)
			require.Equal(t, tt.right, mrz.Apply(tt.read, sets[0]))
			for i, r := range sets[0] {
				require.Equal(t, strings.Split(tt.read[r.Line-1], "")[r.Column-1], r.From)
				if i > 0 {
					last := sets[0][i-1]
					require.Less(t, last.Line*100+last.Column, r.Line*100+r.Column, "in the order of the MRZ")
				}
			}
		})
	}
}

// Several alternatives, none of which is certain.
func TestProposeAlternatives(t *testing.T) {
	right := put(icao, 2, 9, "120415")
	read := put(right, 2, 11, "03")
	sets := mrz.Propose(mrz.Parse(read, today), today)
	require.Greater(t, len(sets), 1)
	require.LessOrEqual(t, len(sets), 4)
	require.True(t, slices.ContainsFunc(sets, func(set []mrz.Repair) bool {
		return slices.Equal(mrz.Apply(read, set), right)
	}))
}

// sealedFrench is a French card with a digit in its name, and a composite
// digit that says it was printed so.
var sealedFrench = put(put(specimens[11].lines, 1, 6, "8"), 2, 36, "3")

func TestProposeNothing(t *testing.T) {
	tests := []struct {
		name  string
		lines []string
	}{
		{"no MRZ", []string{"abc"}},
		{"a state that no digit protects", put(icao, 1, 3, "UT0")},
		{"a nationality that no digit protects", put(icao, 2, 16, "UT0")},
		{"a state that only the nationality tells", put(icao, 1, 3, "UIO")},
		{"a passport's state", put(specimens[7].lines, 1, 3, "K6Z")},
		{"too much would fit", put(icao, 1, 6, "C")},
		{"too much is unreadable", put(kyrgyz, 1, 20, "???")},
		{"a name that cannot be read", put(icao, 3, 3, "?")},
		{"another's optional data", put(specimens[13].lines, 2, 20, "A")},
		{"the PIN contradicts the rest", put(sealed(t, put(kyrgyz, 1, 17, "02")), 1, 8, "7")},
		{"a code as the United States print it", put(icao, 1, 1, "C1USA")},
		{"a sex as Mexico prints it", put(put(icao, 1, 1, "IDMEX"), 2, 8, "H")},
		{"a French name that digits hold together", sealedFrench},
		{"digits as Russia transliterates", put(put(icao, 1, 3, "RUS"), 3, 4, "3")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Empty(t, mrz.Propose(mrz.Parse(tt.lines, today), today))
		})
	}
}

// Where the shape is wrong nothing is proposed: what was lost cannot be told.
func TestProposeNothingWithoutShape(t *testing.T) {
	without := func(line, column int) []string {
		changed := slices.Clone(kyrgyz)
		changed[line-1] = changed[line-1][:column-1] + changed[line-1][column:]
		return changed
	}
	for name, lines := range map[string][]string{
		"the PIN's first digit": without(1, 16), "a digit of the birth date": without(2, 3), "a letter of the state": without(1, 4),
		"a digit too many in the PIN": {kyrgyz[0][:20] + "4" + kyrgyz[0][20:], kyrgyz[1], kyrgyz[2]},
		"a line of a passport":        {kyrgyz[0], kyrgyz[1], specimens[7].lines[0]},
	} {
		t.Run(name, func(t *testing.T) {
			require.Empty(t, mrz.Propose(mrz.Parse(lines, today), today))
			_, ok := mrz.Restore(lines)
			require.False(t, ok)
		})
	}
}

func TestApply(t *testing.T) {
	lines := []string{"AB«D", "EFGH"}
	require.Equal(t, []string{"AB<D", "0FGH"}, mrz.Apply(lines, []mrz.Repair{
		{Line: 1, Column: 3, From: "«", To: "<"}, {Line: 2, Column: 1, From: "E", To: "0"},
	}))
	require.Equal(t, []string{"xAB«D", "FGHy"}, mrz.Apply(lines, []mrz.Repair{
		{Line: 1, Column: 1, To: "x"}, {Line: 2, Column: 1, From: "E"}, {Line: 2, Column: 5, To: "y"},
	}))
	require.Equal(t, lines, mrz.Apply(lines, []mrz.Repair{
		{Line: 1, Column: 1, From: "X", To: "Y"}, {Line: 0, Column: 1, From: "A", To: "Y"}, {Line: 3, Column: 1, To: "Y"},
		{Line: 1, Column: 0, To: "Y"}, {Line: 1, Column: 6, To: "Y"}, {Line: 2, Column: 5, From: "H", To: "Y"},
	}), "what does not stand there is left alone")
}

// misreadings is how the readers of this test misread, kept apart from the
// tables it tests: letters for digits and back, fillers for letters.
var misreadings = map[byte]string{
	'0': "ODQU", 'O': "0", 'D': "0O", '1': "ILT", 'I': "1L", '2': "Z", 'Z': "2", '4': "A", 'A': "4",
	'5': "S", 'S': "5", '6': "G", 'G': "6", '7': "TY", 'T': "7", '8': "B", 'B': "8", '<': "KCXE",
}

// Of the damaged cards of a field whose cells have rules nearly all are mended,
// and hardly one is mended wrong.
func TestProposeRates(t *testing.T) {
	const cards = 500
	random := rand.New(rand.NewPCG(1, 2))
	right, wrong := 0, 0
	for n := 0; n < cards; {
		card := randomCard(t, random)
		line, column := random.IntN(2), random.IntN(30)
		chars := misreadings[card[line][column]]
		if chars == "" {
			continue
		}
		n++
		char := random.IntN(len(chars))
		read := put(card, line+1, column+1, chars[char:char+1])
		sets := mrz.Propose(mrz.Parse(read, today), today)
		switch {
		case len(sets) != 1:
		case slices.Equal(mrz.Apply(read, sets[0]), card):
			right++
		default:
			wrong++
		}
	}
	t.Logf("%d cards: %d right, %d wrong", cards, right, wrong)
	require.GreaterOrEqual(t, right, cards*95/100)
	require.LessOrEqual(t, wrong, cards*5/1000)
}

func randomCard(t *testing.T, random *rand.Rand) []string {
	sex := random.IntN(2)
	year, month, day := 1940+random.IntN(70), 1+random.IntN(12), 1+random.IntN(28)
	lines, err := mrz.Render(mrz.Fields{
		DocumentCode: "ID", IssuingState: "KGZ", Nationality: "KGZ", Sex: []string{"F", "M"}[sex],
		DocumentNumber: []string{"ID", "AN", "AC"}[random.IntN(3)] + fmt.Sprintf("%07d", random.IntN(1e7)),
		BirthDate:      fmt.Sprintf("%d-%02d-%02d", year, month, day),
		ExpiryDate:     fmt.Sprintf("20%02d-%02d-%02d", 20+random.IntN(15), 1+random.IntN(12), 1+random.IntN(28)),
		PersonalNumber: fmt.Sprintf("%d%02d%02d%d%05d", sex+1, day, month, year, random.IntN(1e5)),
		Surname:        "TESTOVA", GivenNames: "AIDAI",
	}, mrz.TD1)
	require.NoError(t, err)
	return lines
}
