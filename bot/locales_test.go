package bot

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/health"
	"mrzbot/bot/outcome"
	"mrzbot/bot/people"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
	"mrzbot/bot/typed"
	"mrzbot/mrz"
	"mrzbot/mrzclient"
	"mrzbot/storage"
)

// details lists which details an outcome can have, each with a text of its own.
var details = map[outcome.Code][]outcome.Detail{
	outcome.Subscription:    {outcome.DetailNotStarted, outcome.DetailNotActive, outcome.DetailNotSubscribed},
	outcome.NoMRZ:           {outcome.DetailFront},
	outcome.UnsupportedFile: {outcome.DetailHEIC, outcome.DetailPDF, outcome.DetailVideo, outcome.DetailRare, outcome.DetailDamaged},
	outcome.TooLarge:        {outcome.DetailPixels},
	outcome.DownloadFailed:  {outcome.DetailGone},
	outcome.Unreadable:      {outcome.DetailLocal, outcome.DetailHere}, // and outcome.Reasons, in the words of stops
	outcome.Glare:           {outcome.DetailLine1, outcome.DetailLine2, outcome.DetailLine3},
	outcome.Local:           {outcome.DetailFirst, outcome.DetailRefused},
	outcome.LimitReached:    {outcome.DetailInWork, outcome.DetailUnanswered},
	outcome.PictureRefused:  {outcome.DetailFile},
	outcome.OverBudget:      {outcome.DetailMonth},
}

// needed lists the names of all texts the code speaks.
func needed(t *testing.T) []string {
	var names []string
	for _, code := range outcome.Codes() {
		if code != outcome.OK { // its text is the fields
			names = append(names, "outcome."+string(code))
		}
		for _, d := range details[code] {
			names = append(names, "outcome."+string(code)+"."+string(d))
		}
		if outcome.Of(code).Alert {
			names = append(names, "alert."+string(code))
		}
	}
	for _, v := range new(Bot).commands() {
		names = append(names, "menu."+v.name)
	}
	for _, f := range append(screen.Fields(), mrz.FieldDocumentCode) {
		names = append(names, "field."+f.String())
	}
	errors, warnings := mrz.Codes()
	for _, code := range slices.Concat(errors, warnings) {
		names = append(names, "mrz."+code)
	}
	for _, refused := range []typed.Refusal{typed.NotLatin, typed.Unclear, typed.Unfit, typed.Same} {
		names = append(names, "typed."+string(refused))
	}
	for _, change := range mrz.AllChanges() {
		names = append(names, "read.restored."+string(change))
	}
	for _, class := range outcome.Classes() {
		if class != outcome.ClassLooked { // said as what was saved
			names = append(names, "stats.class."+string(class))
		}
	}
	for _, class := range outcome.Classes() {
		names = append(names, "last."+string(class))
	}
	for _, action := range append(people.Actions(), "invite", "invite_used", "invite_revoked") {
		names = append(names, "audit.do."+action)
	}
	for _, state := range []screen.PictureState{
		screen.PictureReading, screen.PictureWaiting, screen.PictureRead, screen.PictureLook, screen.PictureAsked, screen.PictureAgain, screen.PictureRefused,
	} {
		names = append(names, "album."+string(state))
	}
	names = append(names, "album.summary."+string(screen.PictureLook), "album.summary."+string(screen.PictureAsked), "album.summary."+string(screen.PictureAgain), "album.why."+string(outcome.DetailFront))
	for _, code := range []outcome.Code{
		outcome.NoMRZ, outcome.Unreadable, outcome.TooSmall, outcome.TooBlurry, outcome.TooDark, outcome.Glare, outcome.CutOff, outcome.Canceled,
	} {
		names = append(names, "album.why."+string(code))
	}
	for month := range 12 {
		names = append(names, fmt.Sprintf("month.%d", month+1))
	}
	for _, period := range []string{"day", "month"} {
		names = append(names, "budget."+period+".none", "alert.budget.near."+period, "alert.budget.spent."+period)
	}
	for _, d := range mrzclient.Details() {
		names = append(names, "cause."+string(d))
	}
	for _, lang := range text.Languages() {
		names = append(names, "lang."+lang)
	}
	for _, d := range details[outcome.Subscription] {
		names = append(names, "alert."+string(outcome.Subscription)+"."+string(d))
	}
	for _, matter := range health.Matters() {
		names = append(names, "health.name."+matter)
	}
	names = append(names, "role.agent", "role.admin", "alert."+string(outcome.Unknown))
	// The others stand in the code as they are: what is said must have a text,
	// and a text whose name stands nowhere is said by nobody.
	said := regexp.MustCompile(`(?:(?i:text|count|about|withID)\((?:[\w.]+, )*|(?i:toast)\(ctx, q, |(?i:button)\{(?:Name: )?)"([a-z_.]+)"[,)]`)
	literal := regexp.MustCompile(`"([a-z_.]+)"`)
	catalog, err := text.New()
	require.NoError(t, err)
	v := catalog.Localizer("en")
	for _, source := range sources(t) {
		for _, m := range said.FindAllStringSubmatch(source, -1) {
			names = append(names, m[1])
		}
		for _, m := range literal.FindAllStringSubmatch(source, -1) {
			if v.Has(m[1]) {
				names = append(names, m[1])
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// sources gives the files of all rooms.
func sources(t *testing.T) []string {
	var all []string
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		all = append(all, string(source))
		return err
	})
	require.NoError(t, err)
	return all
}

// forms are the forms of one text: by plural category, or only "other".
type forms map[string]string

func (f *forms) UnmarshalJSON(raw []byte) error {
	var only string
	if json.Unmarshal(raw, &only) == nil {
		*f = forms{"other": only}
		return nil
	}
	return json.Unmarshal(raw, (*map[string]string)(f))
}

// translation gives all texts of a language, as they stand in its file.
func translation(t *testing.T, lang string) map[string]forms {
	raw, err := os.ReadFile("text/locales/" + lang + ".json")
	require.NoError(t, err)
	all := map[string]forms{}
	require.NoError(t, json.Unmarshal(raw, &all))
	return all
}

// plurals are the categories of whole numbers and fractions (CLDR, Language
// Plural Rules).
var plurals = map[string][]string{
	"en": {"one", "other"},
	"ky": {"one", "other"},
	"ru": {"few", "many", "one", "other"},
}

// TestLocales holds every language against the code, both ways, and against each
// other: the same texts, with the same blanks, in all plural forms.
func TestLocales(t *testing.T) {
	files, err := filepath.Glob("text/locales/*.json")
	require.NoError(t, err)
	require.Len(t, files, len(text.Languages()))
	want, english := needed(t), translation(t, "en")
	blank := regexp.MustCompile(`{{\.\w+}}|` + text.Gap)
	blanks := func(s string) []string { return slices.Sorted(slices.Values(blank.FindAllString(s, -1))) }
	for _, lang := range text.Languages() {
		all := translation(t, lang)
		require.Equal(t, want, slices.Sorted(maps.Keys(all)), lang)
		for name, forms := range all {
			if len(english[name]) > 1 {
				require.Equal(t, plurals[lang], slices.Sorted(maps.Keys(forms)), "%s %s", lang, name)
			} else {
				require.Len(t, forms, 1, "%s %s", lang, name)
			}
			for _, form := range forms {
				require.Equal(t, blanks(english[name]["other"]), blanks(form), "%s %s", lang, name)
				require.NotEmpty(t, form, "%s %s", lang, name)
				require.Equal(t, strings.TrimSpace(form), form, "%s %s", lang, name)
				require.NotRegexp(t, `\t|  |\x{a0}| [.,:;!]( |$)`, form, "%s %s", lang, name)
			}
		}
	}
}

// words gives the words of a text: its letters between anything else.
func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
}

// latin are the words that stay as they are in every language.
var latin = words("ID id N default Telegram Start English language PDF JPEG PNG WebP HEIC MRZ TLS Bot API NTP mrzbot check local t me " +
	"start help lang privacy forget template off allow invite revoke users limit reset stats budget export audit report ADMIN_IDS MRZ_API_KEY MRZ_API_URL WEBHOOK_URL TELEGRAM_API_URL TELEGRAM_FILES_DIR " +
	"BotFather mybots Token TELEGRAM_BOT_TOKEN SUBSCRIPTION_UNTIL LISTEN_ADDR WORKERS FILE backup restore status")

func isIn(script *unicode.RangeTable) func(rune) bool {
	return func(r rune) bool { return unicode.Is(script, r) }
}

// TestScripts: a letter of the other alphabet that looks like one of ours is
// found by nobody's eyes, and by no search.
func TestScripts(t *testing.T) {
	foreign := regexp.MustCompile(`^(lang\..*|menu\.lang)$`) // they name every language in itself
	blank := regexp.MustCompile(`{{\.\w+}}`)
	for _, lang := range text.Languages() {
		for name, forms := range translation(t, lang) {
			for _, form := range forms {
				for _, word := range words(blank.ReplaceAllString(form, " ")) {
					inCyrillic, inLatin := strings.ContainsFunc(word, isIn(unicode.Cyrillic)), strings.ContainsFunc(word, isIn(unicode.Latin))
					require.False(t, inCyrillic && inLatin, "%s %s: %s", lang, name, word)
					switch {
					case foreign.MatchString(name):
					case lang == "en":
						require.False(t, inCyrillic, "%s %s: %s", lang, name, word)
					case inLatin:
						require.Contains(t, latin, word, "%s %s", lang, name)
					}
				}
			}
		}
	}
}

// TestKyrgyzIsKyrgyz: Kyrgyz has letters that Russian has not, and Russian words
// where a text was left as it was.
func TestKyrgyzIsKyrgyz(t *testing.T) {
	const own = "ңөүҢӨҮ"
	same := []string{"lang.en", "lang.ky", "lang.ru", "field.pin", "read.repairs.one", "read.repairs.place", "read.warning", "role.admin",
		"health.name.telegram", "health.name.budget", "health.name.disk", "health.name.version"}
	for month := range 12 {
		same = append(same, fmt.Sprintf("month.%d", month+1))
	}
	russian := translation(t, "ru")
	for name, forms := range translation(t, "ky") {
		for form, s := range forms {
			if len(words(s)) >= 12 {
				require.True(t, strings.ContainsAny(s, own), "%s: %s", name, s)
			}
			require.Equal(t, slices.Contains(same, name), s == russian[name][form], "%s: %s", name, s)
		}
	}
	for name, forms := range russian {
		for _, s := range forms {
			require.False(t, strings.ContainsAny(s, own) && name != "lang.ky", "%s: %s", name, s)
		}
	}
}

// longest fills the blanks of every text with the longest values there are.
func longest(l text.Localizer, longestWarning string) text.Args {
	const most = 100_000
	return text.Args{
		"Numbers": "1, 3, 5, 7, 9", "Photo": 10, "Sign": "⚠️", "Until": "31.12.2036",
		"N": most, "Limit": most, "Unanswered": most, "ID": text.MaxID, "Bot": strings.Repeat("b", 32),
		"Days": l.Count("privacy.days", 36_500), "Minutes": l.Count("waiting.minutes", 1440),
		"Name": strings.Repeat("Ж", storage.MaxName), "Role": l.Text("role.admin", nil), "Warning": longestWarning,
		"Date": "31.12.2026", "Counts": strings.Repeat("0", 200), "Language": l.Text("lang.ky", nil), "Of": 6,
		"Field": longestWarning, "Value": strings.Repeat("W", 39), "Service": strings.Repeat("W", 39), "Here": strings.Repeat("W", 39),
		"Changes": longestWarning, "Char": "W", "From": "W", "To": "W", "Line": 3, "Column": 44,
		"Used": most, "Budget": most, "Twice": most, "Look": most, "Local": most, "First": "29.11.2026", "What": strings.Repeat("x", 200),
		"Money": "10 000 000.50 KGS", "Price": "25.50 KGS", "Most": "10 000 000.50 KGS",
		"Reason": strings.Repeat("x", 200), "Error": strings.Repeat("x", 200), "Says": "HTTP 405, http://", "Pending": most, "At": "29.11.2026 10:00",
		"Day": "29.11.2026", "Age": l.Count("health.days", 36_500), "Waiting": most, "Working": most, "Aside": most, "Since": "29.11.2026 10:00",
		"Engine": "PostgreSQL", "Size": "100.0 GB", "Free": "100.0 GB", "Leader": strings.Repeat("x", 64), "Count": 100, "By": "8760h0m0s",
		"Who": strings.Repeat("Ж", storage.MaxName), "Scans": most,
	}
}

// Limits of the Bot API, in characters.
const (
	maxMessage     = 4096
	maxToast       = 200
	maxButton      = 30 // two beside each other can be read on a phone; Telegram has no limit of its own
	maxReason      = 29 // stands behind a picture's number on one line of a phone, before the time
	maxDescription = 512
	maxShort       = 120
	maxCommand     = 256
)

// TestLengths renders every text in every language with the longest values.
func TestLengths(t *testing.T) {
	catalog, err := text.New()
	require.NoError(t, err)
	toast, button := regexp.MustCompile(`Toast\(ctx, q, "([a-z_.]+)"`), regexp.MustCompile(`Button\{Name: "([a-z_.]+)"`)
	toasts := []string{"ask.is_in", "ask.is_out", "again.begun", "again.begun.late", "again.begun.anyway", "again.begun.album", "again.used", "outcome.over_budget", "outcome.over_budget.month", "mend.done", "mend.used", "outcome.limit_reached"} // said by a variable
	buttons := []string{"copy.line", "field.personal_number", "button.again", "button.read", "button.yes", "button.no", "button.neither", "lang.ky", "lang.ru", "lang.en"}
	for _, source := range sources(t) {
		for _, m := range toast.FindAllStringSubmatch(source, -1) {
			toasts = append(toasts, m[1])
		}
		for _, m := range button.FindAllStringSubmatch(source, -1) {
			buttons = append(buttons, m[1])
		}
	}
	require.Greater(t, len(toasts), 12)
	require.Greater(t, len(buttons), 10)
	for _, lang := range text.Languages() {
		l, all, warning := catalog.Localizer(lang), translation(t, lang), ""
		require.Equal(t, lang, l.Lang)
		for name := range all {
			if s := l.Text(name, nil); strings.HasPrefix(name, "mrz.") && len(s) > len(warning) {
				warning = s
			}
		}
		args := longest(l, warning)
		atMost := func(n int, name, s string) {
			require.LessOrEqual(t, text.Units(s), n, "%s %s: %s", lang, name, s)
		}
		for name := range all {
			s := l.Text(name, args)
			require.NotContains(t, s, "<no value>", name)
			require.NotContains(t, s, "{{", name)
			atMost(maxMessage, name, s)
			if strings.HasPrefix(name, "menu.") {
				atMost(maxCommand, name, s)
			}
		}
		for _, name := range toasts {
			atMost(maxToast, name, l.Text(name, args))
		}
		for _, now := range []string{"ask.now_in", "ask.now_out"} {
			atMost(maxToast, now, l.Text("ask.decided", args)+" "+l.Text(now, nil))
		}
		for _, name := range buttons {
			atMost(maxButton, name, "✓ "+l.Text(name, nil))
		}
		for _, code := range outcome.Codes() {
			if name := "album.why." + string(code); outcome.Of(code).Stops {
				atMost(maxReason, name, l.Text(name, nil))
			}
		}
		atMost(maxReason, "album.why.front", l.Text("album.why.front", nil))
		for _, name := range []string{"button.anyway.photo", "button.anyway.taken"} {
			atMost(maxButton, name, l.Text(name, args))
		}
		atMost(maxDescription, "about.long", l.Text("about.long", nil))
		atMost(maxShort, "about.short", l.Text("about.short", nil))
	}
}
