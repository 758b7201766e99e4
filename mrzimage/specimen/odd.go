package specimen

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"mrzbot/mrz"
)

// odd are documents that states issue against the standard, or beside it, by
// name. They have right check digits where they have any.
var odd = map[string]func(r *rand.Rand) []string{
	"KGZ-NO-PIN":    func(r *rand.Rand) []string { return kyrgyzCard(r, "", "") },
	"KGZ-PIN-BELOW": func(r *rand.Rand) []string { return kyrgyzCard(r, "", pin(r)[:11]) },
	"C1USA":         cardOfUSA,
	"132":           cardWithStateNumber,
	"DIGITS":        cardWithDigitsInNames,
	"PAIRS":         cardWithPairs,
	"RUS":           russianPassport,
	"SVK34":         slovakCard,
	"DEU35":         germanCard,
	"ESP28":         spanishCard,
	"CHE-DL":        swissLicence,
	"EU-DL":         europeanLicence,
}

// td1 gives the three lines of a card. number has at most nine characters.
func td1(code, state, number, optional1, optional2, sex, nationality, names string, r *rand.Rand) []string {
	number = filled(number, 9)
	first := filled(code+state+number+digitOf(number)+optional1, 30)
	born, ends := date(r, 60+r.IntN(40)), date(r, 27+r.IntN(9))
	second := filled(born+digitOf(born)+sex+ends+digitOf(ends)+nationality, 18) + filled(optional2, 11)
	composite := digitOf(first[5:30] + second[0:7] + second[8:15] + second[18:29])
	return []string{first, second + composite, filled(names, 30)}
}

func kyrgyzCard(r *rand.Rand, optional1, optional2 string) []string {
	number := string(letters[r.IntN(26)]) + string(letters[r.IntN(26)]) + digits(r, 7)
	return td1("ID", "KGZ", number, optional1, optional2, sex(r), "KGZ", names(r), r)
}

func pin(r *rand.Rand) string {
	return fmt.Sprintf("%d%02d%02d19%02d%s", 1+r.IntN(2), 1+r.IntN(28), 1+r.IntN(12), 60+r.IntN(40), digits(r, 5))
}

// cardOfUSA is like the permanent resident card: C1, and the number of the case
// in the optional data.
func cardOfUSA(r *rand.Rand) []string {
	code := []string{"C1", "C2", "A5", "I2", "A1"}[r.IntN(5)]
	office := []string{"LIN", "SRC", "EAC", "WAC", "IOE", "MSC", "ZSF", "OBQ"}[r.IntN(8)]
	return td1(code, "USA", digits(r, 9), office+digits(r, 10), "", sex(r), "USA", names(r), r)
}

// cardWithStateNumber gives the nationality in digits.
func cardWithStateNumber(r *rand.Rand) []string {
	code := []string{"132", "215", "186", "201", "865", "512"}[r.IntN(6)]
	return td1("ID", "ROU", "SS"+digits(r, 7), "", "", sex(r), code, names(r), r)
}

func cardWithDigitsInNames(r *rand.Rand) []string {
	digit := func() string { return string("12568"[r.IntN(5)]) }
	names := name(r) + digit() + "<<" + digit() + name(r) + "<" + name(r) + digit()
	return td1("ID", "UTO", "AB"+digits(r, 7), "", "", sex(r), "UTO", names[:min(len(names), 30)], r)
}

// cardWithPairs has letters in its number whose exchange for digits the check
// digit does not see: two next to each other under the weights 7 and 3.
func cardWithPairs(r *rand.Rand) []string {
	pair := []string{"OO", "00", "ZZ", "22", "OO", "ZZ"}[r.IntN(6)]
	number := pair + string(letters[r.IntN(26)]) + digits(r, 6)
	if r.IntN(2) == 0 {
		number = string(letters[r.IntN(26)]) + digits(r, 2) + pair + digits(r, 4)
	}
	return td1("I<", "POL", number, "", digits(r, 11), sex(r), "POL", names(r), r)
}

// russian is how the internal passport of Russia writes Cyrillic letters that
// have no Latin one: with digits.
const russian = "ABVGDE2JZIQKLMNOPRSTUFHC34WXY9678"

// russianPassport is the internal passport: of TD3's shape, its first line in a
// transliteration with digits, without a date of expiry.
func russianPassport(r *rand.Rand) []string {
	word := func() string {
		b := make([]byte, 4+r.IntN(6))
		for i := range b {
			b[i] = russian[r.IntN(len(russian))]
			if i%2 == 1 {
				b[i] = "AEIOUY8"[r.IntN(7)]
			}
		}
		return string(b)
	}
	number, born := digits(r, 9), date(r, 50+r.IntN(50))
	personal := filled(digits(r, 1)+date(r, 2+r.IntN(20))+digits(r, 6), 14)
	second := number + digitOf(number) + "RUS" + born + digitOf(born) + sex(r) + "<<<<<<<" + personal + digitOf(personal)
	first := "PNRUS" + word() + "<<" + word() + "<" + word()
	return []string{filled(first, 44), second + digitOf(second[0:10]+second[13:20]+second[21:43])}
}

// slovakCard is of the years before 2008: two lines of 34.
func slovakCard(r *rand.Rand) []string {
	number := digits(r, 6)
	born, ends := date(r, 60+r.IntN(40)), date(r, 27+r.IntN(9))
	second := number + "<AB" + digitOf(number) + "SVK" + born + digitOf(born) + sex(r) + ends + digitOf(ends) + digits(r, 6)
	return []string{filled("I<SVK"+names(r), 34), filled(second, 34)}
}

// germanCard has two lines of 35.
func germanCard(r *rand.Rand) []string {
	number := digits(r, 9)
	born, ends := date(r, 60+r.IntN(40)), date(r, 27+r.IntN(9))
	second := filled(number+digitOf(number)+"D<<"+born+digitOf(born)+"<"+ends+digitOf(ends), 34)
	return []string{filled("IDD<<"+names(r), 35), second + digits(r, 1)}
}

// spanishCard is of the years before 2006: two lines of 28.
func spanishCard(r *rand.Rand) []string {
	return []string{filled("ID<ESP", 28), filled(digits(r, 8)+string(letters[r.IntN(26)]), 28)}
}

// swissLicence has a short first line.
func swissLicence(r *rand.Rand) []string {
	return []string{
		"AAA" + digits(r, 3) + "D<<", filled("FACHE"+digits(r, 12)+"<<"+date(r, 60+r.IntN(40)), 30), filled(names(r), 30),
	}
}

// europeanLicence has one line of 30 (ISO/IEC 18013-1).
func europeanLicence(r *rand.Rand) []string {
	line := filled("D1NLD1"+digits(r, 10)+name(r), 29)
	return []string{line + digitOf(line)}
}

func sex(r *rand.Rand) string { return string("FM"[r.IntN(2)]) }

func date(r *rand.Rand, year int) string {
	return fmt.Sprintf("%02d%02d%02d", year%100, 1+r.IntN(12), 1+r.IntN(28))
}

func names(r *rand.Rand) string {
	s := name(r) + "<<" + name(r)
	if r.IntN(2) == 0 {
		s += "<" + name(r)
	}
	return s[:min(len(s), 29)]
}

func filled(s string, n int) string { return s + strings.Repeat("<", max(n-len(s), 0)) }

func digitOf(s string) string {
	d, _ := mrz.CheckDigit(s)
	return string(rune(d))
}
