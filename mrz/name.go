package mrz

import "strings"

// names reads the holder's name: surname, two fillers, given names (ICAO
// 9303-3, 4.6). No digit protects it but in IDFRA, so whatever is odd here is
// a warning.
func (m *MRZ) names(l *layout, cells []string) {
	at := l.at[FieldSurname]
	surname := at.of(cells)
	given := l.at[FieldGivenNames].of(cells)
	cut := truncated(surname) || truncated(given)
	odd := false
	if l.joined() {
		surname, given, _ = strings.Cut(strings.TrimRight(surname, "<"), "<<")
		odd = strings.HasPrefix(surname, "<") || strings.HasPrefix(given, "<") || strings.Contains(given, "<<")
	}
	m.Fields.Surname, m.Fields.GivenNames = words(surname), words(given)

	switch {
	case m.Fields.Surname == "" && m.Fields.GivenNames == "":
		m.warn(CodeNoName, at)
	case m.Fields.Surname == "" || m.Fields.GivenNames == "":
		m.warn(CodeNameSingle, at)
	}
	if odd {
		m.warn(CodeNameUnusual, at)
	}
	if cut {
		m.warn(CodeNameTruncated, at)
	}
	if (hasDigit(surname) || hasDigit(given)) && !digitsInNames(m.Fields.IssuingState) {
		m.warn(CodeNameCharacter, at)
	}
}

// truncated reports whether a name reaches the end of its cells, as one that
// was cut does (ICAO 9303-3, 4.6.1). It may also just fit.
func truncated(s string) bool { return s[len(s)-1] != '<' }

// words joins what stands between fillers with one space.
func words(s string) string {
	s = strings.Trim(s, "<")
	if strings.IndexByte(s, '<') < 0 {
		return s
	}
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '<' }), " ")
}

func hasDigit(s string) bool {
	for i := range len(s) {
		if isDigit(s[i]) {
			return true
		}
	}
	return false
}
