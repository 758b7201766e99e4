// Package text is what the bot says, as words: the catalog of texts in every
// language, messages with their entities, and the names and ids of people as
// they are read and shown. It knows nothing of when what is said.
package text

import (
	"embed"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed locales/*.json
var locales embed.FS

// fallbackLanguage is spoken when a text or a language is missing.
const fallbackLanguage = "en"

// understood maps phone languages without texts of their own to one that most
// of their speakers in Kyrgyzstan read.
var understood = map[string]string{"uz": "ru", "kk": "ru", "tg": "ru", "tr": "ru"}

// Languages are those with texts, as they are offered to people.
func Languages() []string { return []string{"ky", "ru", "en"} }

// PhoneLanguages are the language codes of phones for which a text shown by
// Telegram itself is to be set; "" stands for all others.
func PhoneLanguages() []string {
	codes := append(slices.Sorted(maps.Keys(understood)), Languages()...)
	codes = slices.DeleteFunc(codes, func(code string) bool { return code == fallbackLanguage })
	return append([]string{""}, codes...)
}

// Catalog has the texts of all languages with a file in locales/.
type Catalog struct {
	localizers map[string]*i18n.Localizer
}

// New reads the catalog. It fails when it is broken, which a test excludes.
func New() (*Catalog, error) {
	bundle := i18n.NewBundle(language.English)
	files, err := locales.ReadDir("locales")
	if err != nil {
		return nil, fmt.Errorf("texts: %w", err)
	}
	c := &Catalog{localizers: map[string]*i18n.Localizer{}}
	for _, f := range files {
		raw, err := locales.ReadFile(path.Join("locales", f.Name()))
		if err != nil {
			return nil, fmt.Errorf("texts: %w", err)
		}
		if _, err := bundle.ParseMessageFileBytes(raw, f.Name()); err != nil {
			return nil, fmt.Errorf("texts: %s: %w", f.Name(), err)
		}
		lang := strings.TrimSuffix(f.Name(), path.Ext(f.Name()))
		c.localizers[lang] = i18n.NewLocalizer(bundle, lang, fallbackLanguage)
	}
	return c, nil
}

// Localizer gives the texts in the language of a phone with that language code (IETF tag,
// may be empty).
func (c *Catalog) Localizer(code string) Localizer {
	lang, _, _ := strings.Cut(strings.ToLower(code), "-")
	if l, ok := c.localizers[lang]; ok {
		return Localizer{lang, l}
	}
	if l, ok := c.localizers[understood[lang]]; ok {
		return Localizer{understood[lang], l}
	}
	return Localizer{fallbackLanguage, c.localizers[fallbackLanguage]}
}

// Localizer has the texts in one language.
type Localizer struct {
	Lang string // as the names of the files in locales/
	l    *i18n.Localizer
}

// Args fills the blanks of a text.
type Args map[string]any

// Text gives the text of that name. A name without a text is answered by the
// name itself: a person sees something odd, but never nothing.
func (l Localizer) Text(name string, a Args) string {
	s, err := l.l.Localize(&i18n.LocalizeConfig{MessageID: name, TemplateData: a})
	if s == "" && err != nil {
		return name
	}
	return s
}

// Count gives the text of that name in the plural form that goes with n, which
// the text names as {{.N}}.
func (l Localizer) Count(name string, n int) string {
	s, err := l.l.Localize(&i18n.LocalizeConfig{MessageID: name, TemplateData: Args{"N": n}, PluralCount: n})
	if s == "" && err != nil {
		return name
	}
	return s
}

// Has reports whether there is a text of that name.
func (l Localizer) Has(name string) bool {
	_, err := l.l.Localize(&i18n.LocalizeConfig{MessageID: name})
	return err == nil
}

// Gap stands in a text for a value that is set apart from it, such as an id
// that copies at a tap.
const Gap = "\x00"

// Cut splits a text at its Gap.
func Cut(text string) (before, after string) {
	before, after, _ = strings.Cut(text, Gap)
	return before, after
}
