package page

import (
	"context"
	"errors"
	"slices"

	faketelegram "mrzbot/sandbox/telegram"
)

// scenes of the demonstration, in their order. They go by what the bot's
// buttons and replies are, not by what they say.
var scenes = []scene{
	{"A stranger writes to the bot.", both, func(s *scenario) error {
		before := s.newest(s.stranger)
		s.say(s.stranger, "/start")
		_, err := s.heard(s.stranger, before, nil)
		return err
	}},
	{"They ask for access. Every admin gets a card.", both, func(s *scenario) error {
		before := s.newest(s.admin)
		asked, err := s.heard(s.stranger, 0, withButtons)
		if err != nil {
			return err
		}
		if _, err := s.tg().PressIndex(s.stranger.Person, asked.ID, 0); err != nil {
			return err
		}
		_, err = s.heard(s.admin, before, withButtons)
		return err
	}},
	{"An admin allows it, with one tap.", both, func(s *scenario) error {
		before := s.newest(s.stranger)
		card, err := s.heard(s.admin, 0, withButtons)
		if err != nil {
			return err
		}
		if _, err := s.tg().PressIndex(s.admin.Person, card.ID, 0); err != nil {
			return err
		}
		_, err = s.heard(s.stranger, before, nil)
		return err
	}},
	{"The back of a card is scanned: every field says what protects it.", theirs, func(s *scenario) error {
		_, err := s.scan(SampleGood)
		return err
	}},
	{"A front side cannot be read: the bot says what to do, and whether it counted.", theirs, func(s *scenario) error {
		_, err := s.scan(SampleFront)
		return err
	}},
	{"The recognition service fails. The photo waits.", theirs, func(s *scenario) error {
		s.switches.choose("unavailable")
		s.touch()
		photo, err := s.scan(SampleGood)
		s.waiting = photo
		return err
	}},
	{"The service is back, and the photo is read by itself.", theirs, func(s *scenario) error {
		told := s.newest(s.stranger)
		s.switches.choose("ok")
		s.touch()
		_, err := s.heard(s.stranger, told, repliesTo(s.waiting))
		return err
	}},
	{"The bot is killed. What is sent meanwhile is not lost.", theirs, func(s *scenario) error {
		if s.cfg.Process == nil {
			return nil
		}
		s.cfg.Process.Kill()
		_, err := s.scan(SampleGood)
		return err
	}},
}

// newest is the id of the last message in somebody's chat; 0: there is none.
func (s *scenario) newest(c Character) int {
	list := s.tg().Messages(c.ID)
	if len(list) == 0 {
		return 0
	}
	return list[len(list)-1].ID
}

func withButtons(m faketelegram.Message) bool { return len(m.Buttons) > 0 }

func repliesTo(id int) func(faketelegram.Message) bool {
	return func(m faketelegram.Message) bool { return m.ReplyTo == id }
}

// heard waits for a message of the bot behind another one. A nil match fits
// every message.
func (s *scenario) heard(c Character, behind int, match func(faketelegram.Message) bool) (faketelegram.Message, error) {
	ctx, cancel := context.WithTimeout(s.ctx, demoPatience)
	defer cancel()
	return s.tg().WaitMessage(ctx, c.ID, func(m faketelegram.Message) bool {
		return m.ID > behind && (match == nil || match(m))
	})
}

// scan sends a sample and waits for the first reply to it.
func (s *scenario) scan(name string) (photo int, err error) {
	i := slices.IndexFunc(s.cfg.Samples, func(sample Sample) bool { return sample.Name == name })
	if i < 0 {
		return 0, errors.New("sandbox: there is no sample " + name)
	}
	picture, err := s.cfg.Samples[i].Picture(sampleWidth)
	if err != nil {
		return 0, err
	}
	if photo, err = s.tg().SendPhoto(s.stranger.Person, picture, ""); err != nil {
		return 0, err
	}
	_, err = s.heard(s.stranger, photo, repliesTo(photo))
	return photo, err
}
