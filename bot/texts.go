package bot

import (
	"embed"
	"fmt"
	"path"
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

// texts speaks all languages that have a file in locales/.
type texts struct {
	localizers map[string]*i18n.Localizer
}

func newTexts() (*texts, error) {
	bundle := i18n.NewBundle(language.English)
	files, err := locales.ReadDir("locales")
	if err != nil {
		return nil, fmt.Errorf("texts: %w", err)
	}
	t := &texts{localizers: map[string]*i18n.Localizer{}}
	for _, f := range files {
		raw, err := locales.ReadFile(path.Join("locales", f.Name()))
		if err != nil {
			return nil, fmt.Errorf("texts: %w", err)
		}
		if _, err := bundle.ParseMessageFileBytes(raw, f.Name()); err != nil {
			return nil, fmt.Errorf("texts: %s: %w", f.Name(), err)
		}
		lang := strings.TrimSuffix(f.Name(), path.Ext(f.Name()))
		t.localizers[lang] = i18n.NewLocalizer(bundle, lang, fallbackLanguage)
	}
	return t, nil
}

// speak gives the voice for a phone's language code (IETF tag, may be empty).
func (t *texts) speak(code string) voice {
	lang, _, _ := strings.Cut(strings.ToLower(code), "-")
	if l, ok := t.localizers[lang]; ok {
		return voice{lang, l}
	}
	if l, ok := t.localizers[understood[lang]]; ok {
		return voice{understood[lang], l}
	}
	return voice{fallbackLanguage, t.localizers[fallbackLanguage]}
}

// voice speaks one language.
type voice struct {
	lang string
	l    *i18n.Localizer
}

// args fills the blanks of a text.
type args map[string]any

// say gives the text of that name. A name without a text is answered by the
// name itself: a person sees something odd, but never nothing.
func (v voice) say(name string, a args) string {
	s, err := v.l.Localize(&i18n.LocalizeConfig{MessageID: name, TemplateData: a})
	if s == "" && err != nil {
		return name
	}
	return s
}

// has reports whether there is a text of that name.
func (v voice) has(name string) bool {
	_, err := v.l.Localize(&i18n.LocalizeConfig{MessageID: name})
	return err == nil
}
