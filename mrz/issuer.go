package mrz

// digitsInNames reports whether the issuer transliterates some letters with
// digits: the Russian passport writes Ч, Щ and their like as 3, 4, 6 … 9.
func digitsInNames(state string) bool { return state == "RUS" }

// sexInSpanish reports whether a card writes H and M for hombre and mujer, so
// that M is a woman: Mexico's voter card does.
func sexInSpanish(format Format, f Fields) bool {
	return format == TD1 && f.IssuingState == "MEX" && f.DocumentCode == "ID"
}
