package specimen

import (
	"fmt"
	"math/rand/v2"
	"time"

	"mrzbot/mrz"
)

// Names that are common in Kyrgyzstan. Who bears which is drawn by lot, and so
// is every number: whoever bears the same name by chance is not meant.
var (
	surnames = []string{
		"ASANOV", "SYDYKOV", "TOKTOGULOV", "ISMAILOV", "MAMBETOV", "ABDYLDAEV", "OSMONOV", "ZHUMABEKOV", "KADYROV", "BEKTUROV",
		"ALYMKULOV", "DUISHENOV", "SATYBALDIEV", "TURDALIEV", "USENOV", "ERKINBAEV", "BEISHENALIEV", "TASHTANBEKOV", "ORMONOV", "SULAIMANOV",
	}
	menNames = []string{
		"AZAMAT", "BAKYT", "TALANT", "NURLAN", "ERMEK", "DASTAN", "ADILET", "KUBANYCHBEK", "TILEK", "SAMAT", "URMAT", "AIBEK", "BEKSULTAN", "ISKENDER",
	}
	womenNames = []string{
		"AIGUL", "NURGUL", "GULZAT", "AIZADA", "ZHYLDYZ", "MEERIM", "CHOLPON", "BEGIMAI", "ELNURA", "ASEL", "SALTANAT", "BURUL", "TOLGONAI", "KANYKEI",
	}
)

// Years in the life of an invented card and its holder.
const (
	youngest = 16 // who gets a card
	oldest   = 74
	validFor = 10 // from its issue
)

// InventKyrgyz is an invented person with a Kyrgyz card that is valid on that
// day: a name as people bear it there, and numbers that agree with each other.
// The same arguments give the same person.
func InventKyrgyz(seed uint64, today time.Time) mrz.Fields {
	r := rand.New(rand.NewPCG(seed, 82))
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	f := mrz.Fields{DocumentCode: "ID", IssuingState: "KGZ", Nationality: "KGZ"}
	f.DocumentNumber = pick([]string{"ID", "ID", "AN"}) + digits(r, 7)
	born := today.AddDate(-youngest-1-r.IntN(oldest-youngest), 0, -r.IntN(365))
	expires := today.AddDate(0, 1+r.IntN(12*validFor-2), -r.IntN(28))
	f.BirthDate, f.ExpiryDate = born.Format(time.DateOnly), expires.Format(time.DateOnly)
	f.Surname, f.Sex = pick(surnames), "M"
	first := 2 // of the personal number: the sex
	if r.IntN(2) == 0 {
		f.Surname, f.Sex, first = f.Surname+"A", "F", 1
		f.GivenNames = pick(womenNames)
	} else {
		f.GivenNames = pick(menNames)
	}
	f.PersonalNumber = fmt.Sprintf("%d%s%s", first, born.Format("02012006"), digits(r, 5))
	return f
}

// issued is the day on which a card was issued that expires then.
func issued(f mrz.Fields) time.Time {
	expires, err := time.Parse(time.DateOnly, f.ExpiryDate)
	if err != nil {
		return time.Time{} // a card without an end
	}
	return expires.AddDate(-validFor, 0, 0)
}
