package faketelegram

import (
	"github.com/go-telegram/bot/models"

	"mrzbot/sandbox/botapi"
)

// Longest texts of a bot's profile, in characters.
const (
	maxLong  = 512
	maxShort = 120
)

// profile is what the bot says of itself in one language.
type profile struct{ long, short string }

// profileIn gives the language that a call about the profile names.
func profileIn(q *botapi.Request) (string, *botapi.Error) {
	if language := q.Fields["language_code"]; languageForm.MatchString(language) {
		return language, nil
	}
	return "", botapi.BadRequest("invalid language code specified")
}

// setProfile changes a text of the profile; an empty one is taken away.
func (t *Server) setProfile(q *botapi.Request, field string, longest int, change func(p *profile, text string)) (any, *botapi.Error) {
	language, err := profileIn(q)
	if err != nil {
		return nil, err
	}
	text := botapi.Plain(q.Fields[field])
	if len([]rune(text)) > longest {
		return nil, botapi.BadRequest("BOT_ABOUT_TOO_LONG")
	}
	p := t.profiles[language]
	change(&p, text)
	t.profiles[language] = p
	t.touch()
	return true, nil
}

func (t *Server) setMyDescription(q *botapi.Request) (any, *botapi.Error) {
	return t.setProfile(q, "description", maxLong, func(p *profile, text string) { p.long = text })
}

func (t *Server) setMyShortDescription(q *botapi.Request) (any, *botapi.Error) {
	return t.setProfile(q, "short_description", maxShort, func(p *profile, text string) { p.short = text })
}

func (t *Server) getMyDescription(q *botapi.Request) (any, *botapi.Error) {
	language, err := profileIn(q)
	if err != nil {
		return nil, err
	}
	return models.BotDescription{Description: t.shownTo(language).long}, nil
}

func (t *Server) getMyShortDescription(q *botapi.Request) (any, *botapi.Error) {
	language, err := profileIn(q)
	if err != nil {
		return nil, err
	}
	return models.BotShortDescription{ShortDescription: t.shownTo(language).short}, nil
}

// shownTo is the profile as phones of a language show it: each text in their
// language, or else the one for all.
func (t *Server) shownTo(language string) profile {
	p, all := t.profiles[language], t.profiles[""]
	if p.long == "" {
		p.long = all.long
	}
	if p.short == "" {
		p.short = all.short
	}
	return p
}

// Description is what the person sees before the first message, and on the
// bot's profile.
func (t *Server) Description(p Person) (long, short string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	shown := t.shownTo(p.LanguageCode)
	return shown.long, shown.short
}
