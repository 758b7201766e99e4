package mrz_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/mrz"
)

// today is the day of all tests.
var today = time.Date(2026, time.May, 1, 12, 0, 0, 0, time.UTC)

// split takes apart an MRZ written in one string.
func split(text string) []string { return strings.Fields(text) }

// specimen is a published or an invented MRZ: nobody's card.
type specimen struct {
	name   string
	lines  []string
	format mrz.Format
	fields mrz.Fields
	number mrz.NumberForm
	codes  []string // of the warnings
}

// specimens are all valid.
var specimens = []specimen{
	{
		name: "Kyrgyz card of a man",
		lines: split(`IDKGZID1234567320101199012345<
		             9001011M3101012KGZ<<<<<<<<<<<0
		             TESTOV<<TEST<<<<<<<<<<<<<<<<<<`),
		format: mrz.TD1,
		fields: mrz.Fields{
			DocumentCode: "ID", IssuingState: "KGZ", DocumentNumber: "ID1234567", Optional1: "20101199012345",
			BirthDate: "1990-01-01", Sex: "M", ExpiryDate: "2031-01-01", Nationality: "KGZ",
			Surname: "TESTOV", GivenNames: "TEST", PersonalNumber: "20101199012345",
		},
	},
	{
		name: "Kyrgyz card of a woman",
		lines: split(`IDKGZAN7654321513112198554321<
		             8512316F2906151KGZ<<<<<<<<<<<6
		             SYNTHETIC<<AIDAI<<<<<<<<<<<<<<`),
		format: mrz.TD1,
		fields: mrz.Fields{
			DocumentCode: "ID", IssuingState: "KGZ", DocumentNumber: "AN7654321", Optional1: "13112198554321",
			BirthDate: "1985-12-31", Sex: "F", ExpiryDate: "2029-06-15", Nationality: "KGZ",
			Surname: "SYNTHETIC", GivenNames: "AIDAI", PersonalNumber: "13112198554321",
		},
	},
	{
		name: "Kyrgyz card of a leap day",
		lines: split(`IDKGZID0000001622902200000001<
		             0002299M3403015KGZ<<<<<<<<<<<6
		             UULU<ORNEK<<SYNTHETIC<<<<<<<<<`),
		format: mrz.TD1,
		fields: mrz.Fields{
			DocumentCode: "ID", IssuingState: "KGZ", DocumentNumber: "ID0000001", Optional1: "22902200000001",
			BirthDate: "2000-02-29", Sex: "M", ExpiryDate: "2034-03-01", Nationality: "KGZ",
			Surname: "UULU ORNEK", GivenNames: "SYNTHETIC", PersonalNumber: "22902200000001",
		},
	},
	{
		name: "ICAO 9303-5, TD1",
		lines: split(`I<UTOD231458907<<<<<<<<<<<<<<<
		             7408122F1204159UTO<<<<<<<<<<<6
		             ERIKSSON<<ANNA<MARIA<<<<<<<<<<`),
		format: mrz.TD1,
		fields: mrz.Fields{
			DocumentCode: "I", IssuingState: "UTO", DocumentNumber: "D23145890", BirthDate: "1974-08-12", Sex: "F",
			ExpiryDate: "2012-04-15", Nationality: "UTO", Surname: "ERIKSSON", GivenNames: "ANNA MARIA",
		},
		codes: []string{mrz.CodeExpired},
	},
	{
		name: "ICAO 9303-5, long number",
		lines: split(`I<UTOD23145890<7349<<<<<<<<<<<
		             3407127M9507122UTO<<<<<<<<<<<2
		             STEVENSON<<PETER<JOHN<<<<<<<<<`),
		format: mrz.TD1,
		number: mrz.NumberLong,
		fields: mrz.Fields{
			DocumentCode: "I", IssuingState: "UTO", DocumentNumber: "D23145890734", BirthDate: "1934-07-12", Sex: "M",
			ExpiryDate: "XX95-07-12", Nationality: "UTO", Surname: "STEVENSON", GivenNames: "PETER JOHN",
		},
		codes: []string{mrz.CodeExpiryFar},
	},
	{
		name: "ICAO 9303-6, TD2",
		lines: split(`I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<
		             D231458907UTO7408122F1204159<<<<<<<6`),
		format: mrz.TD2,
		fields: mrz.Fields{
			DocumentCode: "I", IssuingState: "UTO", DocumentNumber: "D23145890", BirthDate: "1974-08-12", Sex: "F",
			ExpiryDate: "2012-04-15", Nationality: "UTO", Surname: "ERIKSSON", GivenNames: "ANNA MARIA",
		},
		codes: []string{mrz.CodeExpired},
	},
	{
		name: "ICAO 9303-6, long number",
		lines: split(`I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<
		             D23145890<UTO3407127M95071227349<<<8`),
		format: mrz.TD2,
		number: mrz.NumberLong,
		fields: mrz.Fields{
			DocumentCode: "I", IssuingState: "UTO", DocumentNumber: "D23145890734", BirthDate: "1934-07-12", Sex: "M",
			ExpiryDate: "XX95-07-12", Nationality: "UTO", Surname: "STEVENSON", GivenNames: "PETER JOHN",
		},
		codes: []string{mrz.CodeExpiryFar},
	},
	{
		name: "ICAO 9303-4, TD3",
		lines: split(`P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<
		             L898902C36UTO7408122F1204159ZE184226B<<<<<10`),
		format: mrz.TD3,
		fields: mrz.Fields{
			DocumentCode: "P", IssuingState: "UTO", DocumentNumber: "L898902C3", Optional1: "ZE184226B",
			BirthDate: "1974-08-12", Sex: "F", ExpiryDate: "2012-04-15", Nationality: "UTO",
			Surname: "ERIKSSON", GivenNames: "ANNA MARIA", PersonalNumber: "ZE184226B",
		},
		codes: []string{mrz.CodeExpired},
	},
	{
		name: "German passport, no personal number and a filler for its digit",
		lines: split(`P<D<<MUSTERMANN<<ERIKA<<<<<<<<<<<<<<<<<<<<<<
		             C01X0006H1D<<6408125F1710319<<<<<<<<<<<<<<<0`),
		format: mrz.TD3,
		fields: mrz.Fields{
			DocumentCode: "P", IssuingState: "D", DocumentNumber: "C01X0006H", BirthDate: "1964-08-12", Sex: "F",
			ExpiryDate: "2017-10-31", Nationality: "D", Surname: "MUSTERMANN", GivenNames: "ERIKA",
		},
		codes: []string{mrz.CodeExpired},
	},
	{
		name: "ICAO 9303-7, MRV-A",
		lines: split(`V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<
		             L8988901C4XXX4009078F96121096ZE184226B<<<<<<`),
		format: mrz.MRVA,
		fields: mrz.Fields{
			DocumentCode: "V", IssuingState: "UTO", DocumentNumber: "L8988901C", Optional1: "6ZE184226B",
			BirthDate: "1940-09-07", Sex: "F", ExpiryDate: "1996-12-10", Nationality: "XXX",
			Surname: "ERIKSSON", GivenNames: "ANNA MARIA",
		},
		codes: []string{mrz.CodeExpired},
	},
	{
		name: "ICAO 9303-7, MRV-B",
		lines: split(`V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<
		             L8988901C4XXX4009078F9612109<<<<<<<<`),
		format: mrz.MRVB,
		fields: mrz.Fields{
			DocumentCode: "V", IssuingState: "UTO", DocumentNumber: "L8988901C", BirthDate: "1940-09-07", Sex: "F",
			ExpiryDate: "1996-12-10", Nationality: "XXX", Surname: "ERIKSSON", GivenNames: "ANNA MARIA",
		},
		codes: []string{mrz.CodeExpired},
	},
	{
		name: "French identity card",
		lines: split(`IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<
		             8806923102858CORINNE<<<<<<<6512068F6`),
		format: mrz.IDFRA,
		fields: mrz.Fields{
			DocumentCode: "ID", IssuingState: "FRA", DocumentNumber: "880692310285", BirthDate: "1965-12-06", Sex: "F",
			Surname: "BERTHIER", GivenNames: "CORINNE",
		},
	},
	{
		name: "German card, one letter for the state, sex not specified",
		lines: split(`IDD<<T010089212<<<<<<<<<<<<<<<
		             6408125<2010315D<<<<<<<<<<<<<6
		             MUSTERMANN<<ERIKA<<<<<<<<<<<<<`),
		format: mrz.TD1,
		fields: mrz.Fields{
			DocumentCode: "ID", IssuingState: "D", DocumentNumber: "T01008921", BirthDate: "1964-08-12",
			ExpiryDate: "2020-10-31", Nationality: "D", Surname: "MUSTERMANN", GivenNames: "ERIKA",
		},
		codes: []string{mrz.CodeExpired},
	},
	{
		name: "Belgian card, the filler counted into the number's digit",
		lines: split(`IDBEL592211692<1741<<<<<<<<<<<
		             9003107F2509301BEL900310244094
		             SPECIMEN<<SPECIMEN<<<<<<<<<<<<`),
		format: mrz.TD1,
		number: mrz.NumberLongFiller,
		fields: mrz.Fields{
			DocumentCode: "ID", IssuingState: "BEL", DocumentNumber: "592211692174", BirthDate: "1990-03-10", Sex: "F",
			ExpiryDate: "2025-09-30", Nationality: "BEL", Optional2: "90031024409", Surname: "SPECIMEN", GivenNames: "SPECIMEN",
		},
		codes: []string{mrz.CodeLongNumberConvention, mrz.CodeExpired},
	},
	{
		name: "no end",
		lines: split(`I<UTOD231458907<<<<<<<<<<<<<<<
		             7408122F<<<<<<0UTO<<<<<<<<<<<6
		             ERIKSSON<<ANNA<MARIA<<<<<<<<<<`),
		format: mrz.TD1,
		fields: mrz.Fields{
			DocumentCode: "I", IssuingState: "UTO", DocumentNumber: "D23145890", BirthDate: "1974-08-12", Sex: "F",
			Nationality: "UTO", Surname: "ERIKSSON", GivenNames: "ANNA MARIA",
		},
		codes: []string{mrz.CodeNoExpiry},
	},
}

// codes lists the codes of problems.
func codes(problems []mrz.Problem) []string {
	var list []string
	for _, p := range problems {
		list = append(list, p.Code)
	}
	return list
}

func TestSpecimens(t *testing.T) {
	for _, s := range specimens {
		t.Run(s.name, func(t *testing.T) {
			z := mrz.Parse(s.lines, today)
			require.Empty(t, z.Errors)
			require.True(t, z.Valid())
			require.Equal(t, s.format, z.Format)
			require.Equal(t, s.lines, z.Lines)
			require.Equal(t, s.fields, z.Fields)
			require.Equal(t, s.number, z.Number)
			require.Equal(t, s.codes, codes(z.Warnings))
			require.True(t, z.Format.Holds(s.lines))
			require.Empty(t, mrz.Propose(z, today), "nothing is wrong, so nothing is to be mended")
		})
	}
}

// A wrong line in this file would prove nothing: everything is computed here a
// second time, in another way.
func TestSpecimensByHand(t *testing.T) {
	digit := func(s string) byte {
		sum := 0
		for i, char := range s {
			value := strings.IndexRune("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", char)
			sum += max(value, 0) * []int{7, 3, 1}[i%3]
		}
		return byte('0' + sum%10)
	}
	for _, s := range specimens {
		if s.format != mrz.TD1 {
			continue
		}
		one, two := s.lines[0], s.lines[1]
		require.Equal(t, digit(two[:6]), two[6], s.name)
		require.Equal(t, digit(two[8:14]), two[14], s.name)
		require.Equal(t, digit(one[5:]+two[:7]+two[8:15]+two[18:29]), two[29], s.name)
	}
}
