package page

import (
	"context"
	"errors"
	"slices"

	"github.com/go-telegram/bot/models"

	"mrzbot/sandbox/botapi"
	faketelegram "mrzbot/sandbox/telegram"
)

// scenes of the demonstration, in their order. They go by what the bot's
// buttons and replies are, not by what they say, and each can be played
// whatever became of the one before: somebody may be pressing buttons, too.
var scenes = []scene{
	{says("A stranger writes to the bot."), both, func(s *scenario) error {
		before := s.newest(s.stranger)
		s.tg().Say(s.stranger.Person, "/start")
		_, err := s.heard(s.stranger, before, nil)
		return err
	}},
	{says("They ask for access. Every admin gets a card."), both, func(s *scenario) error {
		s.before = s.newest(s.admin)
		if err := s.press(s.stranger, 0); err != nil {
			return err
		}
		_, err := s.heard(s.admin, s.before, hasButton)
		return err
	}},
	{says("An admin allows it, with one tap."), both, (*scenario).letIn},
	{says("The back of a card is scanned, and checked."), theirs, func(s *scenario) error {
		_, _, err := s.scan(SampleGood)
		return err
	}},
	{says("A front side cannot be read: the bot says what to do, and whether it counted."), theirs, func(s *scenario) error {
		_, _, err := s.scan(SampleFront)
		return err
	}},
	{says("The recognition service goes down. The photo is not lost."), theirs, func(s *scenario) error {
		s.switches.choose("unavailable")
		s.touch()
		return s.scanMeanwhile(SampleHeld)
	}},
	{func(s *scenario) string {
		if s.waiting != 0 {
			return "" // one is enough
		}
		return "What the bot can read surely, it read by itself. What it is not sure of waits."
	}, theirs, func(s *scenario) error { return s.scanMeanwhile(SampleSoft) }},
	{func(s *scenario) string {
		if s.waiting == 0 {
			return "The service is back."
		}
		return "The service is back, and the photo is read by itself."
	}, theirs, func(s *scenario) error {
		told := s.newest(s.scanner)
		s.switches.choose("ok")
		s.touch()
		if s.waiting == 0 {
			return nil
		}
		_, err := s.heard(s.scanner, told, repliesTo(s.waiting))
		return err
	}},
	{says("The bot is killed. What is sent meanwhile is answered when it is back."), theirs, func(s *scenario) error {
		if s.cfg.Process != nil {
			s.cfg.Process.Kill()
		}
		_, _, err := s.scan(SampleGood)
		return err
	}},
}

func says(caption string) func(*scenario) string { return func(*scenario) string { return caption } }

func both(s *scenario) []Character   { return []Character{s.stranger, s.admin} }
func theirs(s *scenario) []Character { return []Character{s.scanner} }

// letIn has the admin press the first button of the card. Where somebody else
// has decided meanwhile, that is that: without the stranger an agent scans.
func (s *scenario) letIn() error {
	pressed := s.press(s.admin, s.before)
	ctx, cancel := context.WithTimeout(s.ctx, demoPatience)
	defer cancel()
	if err := s.becomes(ctx, s.stranger.ID, PartAgent); err == nil {
		return nil
	}
	s.scanner = s.first(s.language)
	return errors.Join(pressed, errors.New("sandbox: the stranger was not let in"))
}

// becomes waits until somebody has a part.
func (s *scenario) becomes(ctx context.Context, id int64, part string) error {
	for {
		_, changed := s.cast()
		if s.part(id) == part {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// newest is the id of the last message in somebody's chat; 0: there is none.
func (s *scenario) newest(c Character) int {
	list := s.tg().Messages(c.ID)
	if len(list) == 0 {
		return 0
	}
	return list[len(list)-1].ID
}

// asking is the place of the first button that asks the bot for something, and
// not one that copies or opens; -1: there is none.
func asking(m faketelegram.Message) int {
	return slices.IndexFunc(slices.Concat(m.Buttons...), func(b botapi.Button) bool { return b.Data != "" })
}

func hasButton(m faketelegram.Message) bool { return asking(m) >= 0 }

func repliesTo(id int) func(faketelegram.Message) bool {
	return func(m faketelegram.Message) bool { return m.ReplyTo == id }
}

// holdsMRZ says whether a reply has lines of an MRZ in it.
func holdsMRZ(m faketelegram.Message) bool {
	return slices.ContainsFunc(m.Entities, func(e models.MessageEntity) bool { return e.Type == models.MessageEntityTypePre })
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

// press has somebody press the first button there is behind a message.
func (s *scenario) press(c Character, behind int) error {
	m, err := s.heard(c, behind, hasButton)
	if err != nil {
		return err
	}
	_, err = s.tg().PressIndex(c.Person, m.ID, asking(m))
	return err
}

// scan sends a sample and waits for the first reply to it.
func (s *scenario) scan(name string) (photo int, reply faketelegram.Message, err error) {
	if photo, err = s.sendSample(s.ctx, s.scanner.Person, name); err != nil {
		return 0, reply, err
	}
	reply, err = s.heard(s.scanner, photo, repliesTo(photo))
	return photo, reply, err
}

// scanMeanwhile scans while the service is down: the photo waits, unless the bot
// reads it by itself.
func (s *scenario) scanMeanwhile(name string) error {
	photo, reply, err := s.scan(name)
	if err == nil && !holdsMRZ(reply) {
		s.waiting = photo
	}
	return err
}

// sendSample has somebody send the sample of that name. Drawing it may take seconds on
// a busy machine: once ctx has ended it goes on, and nobody waits for it.
func (p *Page) sendSample(ctx context.Context, who faketelegram.Person, name string) (photo int, err error) {
	i := slices.IndexFunc(p.cfg.Samples, func(sample Sample) bool { return sample.Name == name })
	if i < 0 {
		return 0, errors.New("sandbox: there is no sample " + name)
	}
	var picture []byte
	var trouble error
	drawn := make(chan struct{})
	go func() {
		defer close(drawn)
		picture, trouble = p.cfg.Samples[i].Picture(sampleWidth)
	}()
	select {
	case <-drawn:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	if trouble != nil {
		return 0, trouble
	}
	return p.cfg.Telegram.SendPhoto(who, picture, "")
}
