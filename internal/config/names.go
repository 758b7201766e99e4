package config

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"mrzbot/storage/postgres/pgurl"
)

// Ineffective is a variable that is set and does nothing, and the one that was
// meant.
type Ineffective struct{ Name, Meant string }

// String is a sentence without the value.
func (i Ineffective) String() string { return i.Name + " has no effect: was " + i.Meant + " meant?" }

// Misnamed finds the variables whose names are nearly ones of ours, in the order
// of their names, and with a database those by which libpq would be told what
// STORAGE_URL says.
//
// They are named and nothing more. An environment is shared with everything
// else on a machine: a bot that refuses to start because of LOGLEVEL or WORKER,
// which mean something to others, would do more harm than one that says what it
// leaves unread.
func Misnamed(environ map[string]string) []Ineffective {
	ours := map[string]bool{}
	for _, v := range variables() {
		ours[v.name] = true
		if v.secret {
			ours[v.name+fileSuffix] = true
		}
	}
	database, _ := clean("STORAGE_URL", environ["STORAGE_URL"])
	atServer := pgurl.Is(database) || environ["STORAGE_URL"+fileSuffix] != ""
	var found []Ineffective
	for _, name := range slices.Sorted(maps.Keys(environ)) {
		if ours[name] {
			continue
		}
		if atServer && slices.Contains(libpq, name) {
			found = append(found, Ineffective{name, "STORAGE_URL"})
		} else if meant := meant(name, ours); meant != "" {
			found = append(found, Ineffective{printable(name), meant})
		}
	}
	return found
}

// libpq are the variables that say where a database is and who asks.
var libpq = []string{
	"PGDATABASE", "PGHOST", "PGHOSTADDR", "PGOPTIONS", "PGPASSFILE", "PGPASSWORD", "PGPORT", "PGSERVICE", "PGSERVICEFILE",
	"PGSSLCERT", "PGSSLKEY", "PGSSLMODE", "PGSSLROOTCERT", "PGUSER",
}

// before are words that people put before a name to say whose it is.
var before = []string{"EXPORT_", "MRZBOT_", "MRZ_BOT_", "BOT_", "TELEGRAM_", "TG_", "MRZ_"}

// meant gives the one of our names that a name is nearly; "" for none.
func meant(name string, ours map[string]bool) string {
	given := plain(name)
	all := slices.Sorted(maps.Keys(ours))
	for _, like := range []func(given, our string) bool{
		func(given, our string) bool { return given == our },
		func(given, our string) bool { return squeezed(given) == squeezed(our) },
		func(given, our string) bool {
			return slices.ContainsFunc(before, func(word string) bool {
				return given == word+our || word+given == our && strings.Contains(given, "_")
			})
		},
		func(given, our string) bool { return given == our+fileSuffix }, // no secret
		near,
		longer,
		missingWord,
	} {
		var fit []string
		for _, our := range all {
			if like(given, our) {
				fit = append(fit, our)
			}
		}
		if len(fit) == 1 { // of two it may be either
			return fit[0]
		}
	}
	return ""
}

// plain writes a name as ours are written.
func plain(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r):
			return -1
		case r == '-' || r == '.' || unicode.IsSpace(r):
			return '_'
		}
		return unicode.ToUpper(r)
	}, strings.TrimFunc(name, blank))
	return strings.Trim(name, "_")
}

func squeezed(name string) string { return strings.ReplaceAll(name, "_", "") }

// near allows a slip of the pen, and two in a long name.
func near(given, our string) bool {
	slips := 1
	if len(our) >= 10 {
		slips = 2
	}
	return distance(given, our) <= slips
}

// longer compares word by word: LISTEN_ADDRESS, OPS_ADDRS, STORAGE_URLS.
func longer(given, our string) bool {
	a, b := strings.Split(given, "_"), strings.Split(our, "_")
	if len(a) != len(b) || len(a) < 2 {
		return false
	}
	for i := range a {
		short, long := a[i], b[i]
		if len(short) > len(long) {
			short, long = long, short
		}
		if len(short) < 3 || !strings.HasPrefix(long, short) {
			return false
		}
	}
	return true
}

// missingWord: TELEGRAM_TOKEN, BOT_TOKEN, MRZ_KEY.
func missingWord(given, our string) bool {
	a, b := strings.Split(given, "_"), strings.Split(our, "_")
	if len(a) < 2 || len(a)+1 != len(b) {
		return false
	}
	for i := range b {
		if slices.Equal(a, slices.Delete(slices.Clone(b), i, i+1)) {
			return true
		}
	}
	return false
}

// distance is how many letters have to be put in, left out, changed or swapped
// with the next (the restricted Damerau-Levenshtein distance).
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

// printable leaves of a name what a name is made of: it comes from outside, and
// goes to terminals and logs.
func printable(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == '.' || r == ' ' || r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return r
		}
		return -1
	}, strings.TrimFunc(name, blank))
}
