package mrz

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var replaceCard = []string{"IDKGZID1234567320101199012345<", "9001011M3101012KGZ<<<<<<<<<<<0", "TESTOV<<TEST<<<<<<<<<<<<<<<<<<"}

func TestReplace(t *testing.T) {
	now := time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)
	passport := []string{"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"}
	for name, c := range map[string]struct {
		lines []string
		field Field
		value string
		want  string // the field afterwards; "": refused
		line  string // the changed line
	}{
		"surname":             {replaceCard, FieldSurname, "ASANOV", "ASANOV", "ASANOV<<TEST<<<<<<<<<<<<<<<<<<"},
		"given names":         {replaceCard, FieldGivenNames, "ANNA MARIA", "ANNA MARIA", "TESTOV<<ANNA<MARIA<<<<<<<<<<<<"},
		"hyphen":              {replaceCard, FieldSurname, "KARA-OGLU", "KARA OGLU", "KARA<OGLU<<TEST<<<<<<<<<<<<<<<"},
		"apostrophe":          {replaceCard, FieldSurname, "D'ARC", "DARC", "DARC<<TEST<<<<<<<<<<<<<<<<<<<<"},
		"document number":     {replaceCard, FieldDocumentNumber, "ID7654321", "ID7654321", "IDKGZID7654321320101199012345<"},
		"short number":        {replaceCard, FieldDocumentNumber, "AB123", "AB123", "IDKGZAB123<<<<320101199012345<"},
		"PIN":                 {replaceCard, FieldPersonalNumber, "11503199254321", "11503199254321", "IDKGZID1234567311503199254321<"},
		"birth date":          {replaceCard, FieldBirthDate, "910203", "1991-02-03", "9102031M3101012KGZ<<<<<<<<<<<0"},
		"passport's surname":  {passport, FieldSurname, "ERIKSEN", "ERIKSEN", "P<UTOERIKSEN<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<<"},
		"passport's personal": {passport, FieldPersonalNumber, "ZE184226C", "ZE184226C", "L898902C36UTO7408122F1204159ZE184226C<<<<<10"},

		"a PIN that is too short": {replaceCard, FieldPersonalNumber, "1150319925432", "", ""},
		"too long":                {replaceCard, FieldDocumentNumber, "ID12345678", "", ""},
		"name too long":           {replaceCard, FieldSurname, strings.Repeat("A", 28), "", ""},
		"Cyrillic":                {replaceCard, FieldSurname, "АСАНОВ", "", ""},
		"small":                   {replaceCard, FieldSurname, "asanov", "", ""},
		"nothing":                 {replaceCard, FieldSurname, "", "", ""},
		"no MRZ":                  {[]string{"HELLO"}, FieldSurname, "ASANOV", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := Replace(Parse(c.lines, now), c.field, c.value)
			require.Equal(t, c.want != "", ok)
			if !ok {
				require.Nil(t, got)
				return
			}
			require.Contains(t, got, c.line)
			require.Equal(t, c.want, Parse(got, now).Fields.Get(c.field))
			require.Len(t, Diff(c.lines, got), len(Diff(got, c.lines)), "nothing else is changed")
		})
	}
}

// What is put where it was changes nothing, of any field.
func TestReplaceBySame(t *testing.T) {
	m := Parse(replaceCard, time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC))
	for _, f := range []Field{FieldDocumentNumber, FieldSurname, FieldGivenNames, FieldPersonalNumber, FieldNationality} {
		got, ok := Replace(m, f, m.Fields.Get(f))
		require.True(t, ok, f)
		require.Equal(t, replaceCard, got, f)
	}
}
