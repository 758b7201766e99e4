package people

import (
	"cmp"
	"context"
	"strconv"
	"time"

	"mrzbot/storage"
)

// phoneKey is the setting that holds the language which somebody's phone had when
// they last wrote, of those who were let in and have chosen none. What the bot
// sends on its own account goes out in it. A setting, because admins of the
// settings are not kept as people.
func phoneKey(id int64) string { return "phone:" + strconv.FormatInt(id, 10) }

// Language gives the code of the language to speak to somebody in: the one they
// have chosen, or that of the phone from which they have just written, or else the
// one it had when they last wrote; "" when none is known. phone is "" where nobody
// has just written.
func (l *List) Language(ctx context.Context, p storage.Person, phone string) string {
	if lang := cmp.Or(p.Language, phone); lang != "" {
		return lang
	}
	kept, err := l.Store.Setting(ctx, phoneKey(p.ID))
	if err != nil {
		l.Log.Warn("language of a phone not read", "user_id", p.ID, "error", err)
	}
	return string(kept)
}

// phoneFor is how long a process believes that the language of a phone is kept: another
// one may have kept another since, or removed it.
const phoneFor = 5 * time.Minute

// notedPhone is the language of a phone that this process knows to be kept.
type notedPhone struct {
	language       string
	at             time.Time // when
	added, shutOut time.Time // as they were: who was shut out since has lost it
}

// holds reports whether it is kept still, as far as this process knows.
func (n notedPhone) holds(p storage.Person, language string, now time.Time) bool {
	age := now.Sub(n.at)
	return n.language == language && age >= 0 && age < phoneFor && n.added.Equal(p.Added) && n.shutOut.Equal(p.ShutOut)
}

// NotePhone keeps the language of the phone from which somebody has just written,
// if they were let in and have chosen none. It reports whether another one was
// kept. When the store fails it is kept the next time.
func (l *List) NotePhone(ctx context.Context, p storage.Person, language string) (changed bool) {
	if p.Role == storage.RoleNone || p.Language != "" || language == "" {
		return false
	}
	now := l.Now()
	if noted, ok := l.phones.Load(p.ID); ok && noted.(notedPhone).holds(p, language, now) {
		return false // as nearly always
	}
	kept, err := l.Store.Setting(ctx, phoneKey(p.ID))
	if changed = string(kept) != language; changed && err == nil {
		err = l.Store.PutSetting(ctx, phoneKey(p.ID), []byte(language))
	}
	if err != nil {
		l.Log.Warn("language of a phone not stored", "user_id", p.ID, "error", err)
		return false
	}
	l.phones.Store(p.ID, notedPhone{language, now, p.Added, p.ShutOut})
	return changed
}

// ForgetPhone removes what NotePhone has kept of somebody who is shut out.
func (l *List) ForgetPhone(ctx context.Context, id int64) {
	l.phones.Delete(id)
	if err := l.Store.PutSetting(ctx, phoneKey(id), nil); err != nil {
		l.Log.Warn("language of a phone not removed", "user_id", id, "error", err)
	}
}

// ChooseLanguage keeps the language that somebody has chosen, while they are let in.
func (l *List) ChooseLanguage(ctx context.Context, id int64, language string) error {
	_, err := l.Store.ChangePerson(ctx, id, func(p *storage.Person) error {
		if p.Role != storage.RoleNone || l.IsAdmin(id) {
			p.Language = language
		}
		return nil
	})
	return err
}
