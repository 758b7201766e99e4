package cli

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"mrzbot/mrz"
)

// parseNow is the day of these tests.
var parseNow = time.Date(2026, time.May, 1, 0, 0, 0, 0, time.UTC)

const (
	parseValid = "IDKGZID1234567320101199012345<\n" +
		"9001011M3101012KGZ<<<<<<<<<<<0\n" +
		"TESTOV<<TEST<<<<<<<<<<<<<<<<<<\n"
	parseMisread = "IDK6ZID1234567320101199O12345<\r\n" +
		"9001011M3101012KGZ<<<<<<<<<<<0\r\n" +
		"TESTOV<<TEST<<<<<<<<<<<<<<<<<<\r\n"
	parseUncertain = "I<UTOD231458907<<<<<<<<<<<<<<<\n" +
		"7408122F1203159UTO<<<<<<<<<<<6\n" +
		"ERIKSSON<<ANNA<MARIA<<<<<<<<<<\n"
)

func parse(t *testing.T, in string, jsonOut bool) (string, bool) {
	t.Helper()
	var out bytes.Buffer
	ok, err := runParse(strings.NewReader(in), &out, parseNow, jsonOut)
	require.NoError(t, err)
	return out.String(), ok
}

func TestParseForPeople(t *testing.T) {
	out, ok := parse(t, parseMisread, false)
	require.False(t, ok)
	require.Equal(t, `TD1: not valid
  IDK6ZID1234567320101199O12345<
  9001011M3101012KGZ<<<<<<<<<<<0
  TESTOV<<TEST<<<<<<<<<<<<<<<<<<
document_code    ID               unprotected
issuing_state    K6Z              unprotected
document_number  ID1234567        own digit
optional1        20101199O12345   composite
birth_date       1990-01-01       own digit
sex              M                unprotected
expiry_date      2031-01-01       own digit
nationality      KGZ              unprotected
surname          TESTOV           unprotected
given_names      TEST             unprotected
check            document_number  holds
check            birth_date       holds
check            expiry_date      holds
check            composite        does not hold
error            check_composite  line 2, column 30: the composite check digit does not fit
warning          state_unknown    line 1, column 3: no state or organization of ICAO's list
repair 1 of 1    line 1, column 4: "6" is "G"; line 1, column 24: "O" is "0"
`, out)

	out, ok = parse(t, "\n"+parseValid+"\n\n"+parseMisread, false)
	require.False(t, ok, "one of two is not valid")
	require.True(t, strings.HasPrefix(out, "TD1: all check digits hold, for the fields they protect\n"))
	require.Contains(t, out, "\n\nTD1: not valid\n")

	_, ok = parse(t, parseValid, false)
	require.True(t, ok)
}

// What was changed on the way is restored as a proposal: the lines stay, and the
// MRZ is not valid until somebody takes the proposal.
func TestParseRestores(t *testing.T) {
	right := strings.Fields(parseValid)
	for name, in := range map[string]string{
		"fillers lost at the end": strings.ReplaceAll(strings.Replace(parseValid, "<\n", "\n", 1), "TEST<<<<<<<<<<<<<<<<<<", "TEST"),
		"blanks for fillers":      strings.ReplaceAll(parseValid, "<", " "),
		"entities":                strings.ReplaceAll(parseValid, "<", "&lt;"),
		"full-width fillers":      strings.ReplaceAll(parseValid, "<", "＜"),
		"in one line":             strings.ReplaceAll(parseValid, "\n", ""),
		"a stroke at the start":   "|" + parseValid,
		"misread, too":            strings.Replace(strings.ReplaceAll(parseMisread, "<", " "), "\r", "", 3),
	} {
		t.Run(name, func(t *testing.T) {
			out, ok := parse(t, in, false)
			require.False(t, ok)
			require.True(t, strings.HasPrefix(out, "not valid as it is written: "), out)
			require.Contains(t, out, "restored, as a proposal")
			if name != "misread, too" {
				require.Contains(t, out, "\n\nTD1: all check digits hold, for the fields they protect\n  "+strings.Join(right, "\n  ")+"\n")
			}
			require.NotContains(t, out, "error            character", "not once more for each character")

			out, ok = parse(t, in, true)
			require.False(t, ok)
			var got struct {
				Lines    []string
				Valid    bool
				Repairs  []mrz.Repair
				Proposal []string
			}
			require.NoError(t, json.Unmarshal([]byte(out), &got))
			require.Equal(t, strings.Split(strings.TrimSuffix(in, "\n"), "\n"), got.Lines)
			require.False(t, got.Valid)
			require.Equal(t, right, got.Proposal)
			require.Equal(t, right, mrz.Apply(got.Lines, got.Repairs))
		})
	}
}

// How a file is encoded says nothing of its text.
func TestParseEncodings(t *testing.T) {
	var wide, swapped []byte
	for _, unit := range utf16.Encode([]rune("\ufeff" + parseValid)) {
		wide = binary.LittleEndian.AppendUint16(wide, unit)
		swapped = binary.BigEndian.AppendUint16(swapped, unit)
	}
	for name, in := range map[string]string{
		"a byte order mark": "\ufeff" + strings.ReplaceAll(parseValid, "\n", "\r\n"), "UTF-16": string(wide), "UTF-16, swapped": string(swapped),
	} {
		out, ok := parse(t, in, true)
		require.True(t, ok, name)
		require.Contains(t, out, `"valid":true`, name)
		require.NotContains(t, out, "proposal", name)
	}
}

// Empty lines between the lines of one MRZ do not make three of it.
func TestParseEmptyLinesBetween(t *testing.T) {
	out, ok := parse(t, strings.ReplaceAll(parseValid, "\n", "\n\n"), true)
	require.True(t, ok)
	require.Equal(t, 1, strings.Count(out, "\n"))
}

// What was read never reaches a terminal as it is.
func TestParseKeepsTheTerminalSafe(t *testing.T) {
	out, ok := parse(t, strings.Replace(parseValid, "TESTOV", "\x1b[31m\u202e", 1), false)
	require.False(t, ok)
	require.NotContains(t, out, "\x1b")
	require.NotContains(t, out, "\u202e")
}

func TestParseJSON(t *testing.T) {
	out, ok := parse(t, parseValid+"\n"+parseMisread+"\n"+parseUncertain+"\nABC\n", true)
	require.False(t, ok)
	objects := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	require.Len(t, objects, 4, "one object an MRZ, one a line")
	require.NotContains(t, out, `\u003c`, "fillers are readable")

	type result struct {
		File    string
		Lines   []string
		Valid   bool
		Repairs []struct{ From, To string }
		Error   *struct{ Code string }
	}
	var got [4]result
	for i := range got {
		require.NoError(t, json.Unmarshal([]byte(objects[i]), &got[i]))
		require.Equal(t, "-", got[i].File)
	}
	require.True(t, got[0].Valid)
	require.Nil(t, got[0].Error)
	require.Empty(t, got[0].Repairs)
	require.Equal(t, strings.Fields(parseMisread), got[1].Lines, "the lines stay as they were")
	require.Len(t, got[1].Repairs, 2)
	require.Equal(t, "check_composite", got[1].Error.Code)
	require.Equal(t, "check_expiry_date", got[2].Error.Code)
	require.Empty(t, got[2].Repairs, "there are several, so there is none")
	require.Equal(t, "shape", got[3].Error.Code)
}

func TestParseInput(t *testing.T) {
	for _, jsonOut := range []bool{true, false} {
		var out bytes.Buffer
		for _, in := range []string{"", "\n\r\n\n"} {
			_, err := runParse(strings.NewReader(in), &out, parseNow, jsonOut)
			require.ErrorIs(t, err, errParseEmpty)
		}
		_, err := runParse(strings.NewReader(strings.Repeat("A", maxParseInput+1)), &out, parseNow, jsonOut)
		require.ErrorIs(t, err, errParseTooLong)
		require.Empty(t, out.String())
	}
	_, ok := parse(t, strings.Repeat("A", maxParseInput), true)
	require.False(t, ok, "just not too long")
}

func TestParseBrokenPipes(t *testing.T) {
	broken := errors.New("broken")
	_, err := runParse(iotest.ErrReader(broken), &bytes.Buffer{}, parseNow, true)
	require.ErrorIs(t, err, broken)
	_, err = runParse(strings.NewReader(parseValid), brokenWriter{broken}, parseNow, true)
	require.ErrorIs(t, err, broken)
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }
