package mrz

import "slices"

// guess gives each character one byte, as singleBytes does, but raises small
// letters and knows the quotation marks that readers write for fillers.
func guess(line string) string {
	cells := []rune(line)
	for i, r := range cells {
		switch {
		case r == '«' || r == '‹':
			cells[i] = '<'
		case 'a' <= r && r <= 'z':
			cells[i] = r - 'a' + 'A'
		case r > 'z':
			cells[i] = unreadable
		}
	}
	return string(cells)
}

// states finds out whether the rules of the Kyrgyz card apply, and then puts
// its code into both places.
func (s *search) states() {
	if s.format != TD1 {
		return
	}
	issuing, nationality := s.layout.at[FieldIssuingState], s.layout.at[FieldNationality]
	own, holder := issuing.of(s.base), nationality.of(s.base)
	if s.kyrgyz = meansKyrgyz(own, holder); s.kyrgyz {
		s.put(issuing, kyrgyzstan)
	}
	if meansKyrgyz(holder, own) {
		s.put(nationality, kyrgyzstan)
	}
}

// put writes a text into a span of base.
func (s *search) put(at span, text string) {
	for i := range len(text) {
		s.set(cell{int(at.line), int(at.from) + i}, text[i])
	}
}

func (s *search) set(at cell, char byte) {
	if s.base[at.line][at.column] != char {
		s.base = replace(s.base, at, char)
	}
}

// unprotected exchanges impossible characters where no check digit has a say:
// the first letter of the document code, and the names unless the issuer
// writes digits there. The sex waits for finish.
func (s *search) unprotected() {
	code := s.layout.at[FieldDocumentCode]
	s.exchange(cell{int(code.line), int(code.from)})
	if s.kyrgyz {
		s.exchange(cell{int(code.line), int(code.from) + 1})
	}
	if digitsInNames(plain(s.layout.at[FieldIssuingState].of(s.base))) {
		return
	}
	for _, field := range [...]Field{FieldSurname, FieldGivenNames} {
		for at := range s.layout.at[field].cells() {
			s.exchange(at)
		}
	}
}

// exchange puts the likeliest printed character into a cell whose own is
// impossible; without one it stays as it was read.
func (s *search) exchange(at cell) {
	read := s.base[at.line][at.column]
	class := s.format.Alphabet(at.line+1, at.column+1)
	if class.Has(read) {
		return
	}
	if s.kyrgyz {
		class &= Kyrgyz(at.line+1, at.column+1)
	}
	if chars := printed(read, class); len(chars) > 0 {
		s.set(at, chars[0])
	}
}

// covered calls f for each cell that check digits cover.
func (s *search) covered(f func(at cell, read byte, class Class)) {
	for part := range partCount {
		switch part {
		case FieldDocumentNumber, FieldOptional1, FieldBirthDate, FieldExpiryDate, FieldOptional2,
			digitNumber, digitBirth, digitExpiry, digitPersonal, digitComposite:
			for at := range s.layout.at[part].cells() {
				read := s.read[at.line][at.column]
				f(at, read, s.class(part, at, read))
			}
		}
	}
}

// impossible exchanges in base what cannot stand in a cell that check digits cover.
func (s *search) impossible(at cell, read byte, class Class) {
	if class.Has(read) {
		return
	}
	chars := printed(read, class)
	switch {
	case class == Filler:
		s.set(at, '<')
	case len(chars) == 0:
		s.open = append(s.open, gap{at, class})
	default:
		s.set(at, chars[0])
		for _, char := range class.chars() {
			if char != chars[0] && (class&Letters == 0 || slices.Contains(chars, char)) {
				s.others = append(s.others, move{at, char})
			}
		}
	}
}

// possible notes what a character that can stand in its cell may be instead.
func (s *search) possible(at cell, read byte, class Class) {
	if !class.Has(read) {
		return
	}
	likely := printed(read, class)
	for _, char := range class.chars() {
		switch {
		case char == read:
		case isLookalike(read, char):
			s.alike = append(s.alike, move{at, char})
		case slices.Contains(likely, char):
			s.siblings = append(s.siblings, move{at, char})
		default:
			s.rest = append(s.rest, move{at, char})
		}
	}
}

// class is what may be written into a cell, given what was read there.
func (s *search) class(part Field, at cell, read byte) Class {
	class := s.format.Alphabet(at.line+1, at.column+1)
	if s.kyrgyz {
		class = Kyrgyz(at.line+1, at.column+1)
	}
	switch part {
	case FieldBirthDate, FieldExpiryDate:
		// What is unknown of a date has two fillers. No look-alike makes it so.
		class = Digits
		if first := at.column - (at.column-int(s.layout.at[part].from))%2; s.read[at.line][first:first+2] == "<<" {
			class = Filler
		}
	case FieldOptional1, FieldOptional2:
		switch {
		case class&Letters == 0:
		case read == '<':
			class = Filler
		case Letters.Has(read):
			class = Digits | Filler | Only(string(rune(read)))
		default:
			class = Digits
		}
	}
	if end := int(s.layout.at[part].to); read != '<' && class != Filler && at.column+1 < end && s.read[at.line][at.column+1] != '<' {
		// Fillers end a field; they do not appear inside one by themselves.
		class &^= Filler
	}
	return class
}
