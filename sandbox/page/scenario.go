package page

import (
	"context"
	"errors"
	"time"

	faketelegram "mrzbot/sandbox/telegram"
)

// scenario is the demonstration under way.
type scenario struct {
	*Page
	ctx             context.Context
	language        string
	stranger, admin Character
	scanner         Character // who sends cards: the stranger, once they are let in
	before          int       // newest of the admin's messages before the stranger asks
	waiting         int       // the photo that waits for the service; 0: none does
}

type scene struct {
	caption func(*scenario) string // "": it is left out
	whose   func(*scenario) []Character
	play    func(*scenario) error
}

func (s *scenario) tg() *faketelegram.Server { return s.cfg.Telegram }

// choose finds an admin, an agent, and a stranger whom the bot has never seen.
func (s *scenario) choose() error {
	people, _ := s.cast()
	var ok bool
	if s.admin, ok = oneOf(people, PartAdmin, s.language); !ok {
		return errors.New("sandbox: nobody is an admin")
	}
	if _, blocked := s.tg().Acquainted(s.admin.ID); blocked {
		s.tg().Unblock(s.admin.Person)
	}
	language := s.first(s.language).LanguageCode
	for _, c := range people {
		if started, _ := s.tg().Acquainted(c.ID); c.Part == PartStranger && c.LanguageCode == language && !started {
			s.stranger, s.scanner = c, c
			return nil
		}
	}
	var err error
	s.stranger, err = s.invite("Nurlan", language)
	s.scanner = s.stranger
	return err
}

// run plays the scenes. What the bot does not do in time falters, and the play
// goes on.
func (s *scenario) run() (faltered bool) {
	for i, scene := range scenes {
		caption := scene.caption(s)
		if caption == "" {
			continue
		}
		now := sceneShown{Playing: true, Caption: caption, Step: i + 1, Of: len(scenes)}
		for _, c := range scene.whose(s) {
			now.People = append(now.People, c.ID)
		}
		s.demo.show(now)
		s.touch()
		if !s.look(demoPause / 3) {
			return faltered
		}
		if err := scene.play(s); err != nil {
			faltered = true
		}
		if !s.look(demoPause) {
			return faltered
		}
	}
	return faltered
}

// look gives people time to look; false: the demonstration was ended.
func (s *scenario) look(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.ctx.Done():
		return false
	}
}
