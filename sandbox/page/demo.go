package page

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	faketelegram "mrzbot/sandbox/telegram"
)

const (
	// demoPause is how long a scene may be looked at before the next begins.
	demoPause = 3500 * time.Millisecond
	// demoPatience is how long a scene waits for what the bot should do.
	demoPatience = 45 * time.Second
)

// Names of samples the demonstration sends.
const (
	SampleGood  = "Sharp"
	SampleFront = "Front side"
)

// demo is the demonstration: a scenario that plays by itself on the page.
type demo struct {
	wanted chan struct{}
	seen   sync.Once

	mu   sync.Mutex
	now  sceneShown
	stop context.CancelFunc // of the one that plays; nil: none does
}

// sceneShown is what the page shows of the demonstration.
type sceneShown struct {
	Playing bool    `json:"playing"`
	Caption string  `json:"caption"`
	People  []int64 `json:"people"` // whose chats are looked at
	Step    int     `json:"step"`
	Of      int     `json:"of"`
}

func (d *demo) scene() sceneShown {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

func (d *demo) show(s sceneShown) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = s
}

// want asks for a demonstration; one that is asked for while one plays is
// forgotten at its end.
func (d *demo) want() {
	select {
	case d.wanted <- struct{}{}:
	default:
	}
}

// Run plays the demonstration whenever it is asked for, until ctx is done.
func (p *Page) Run(ctx context.Context) {
	for {
		select {
		case <-p.demo.wanted:
			p.playDemo(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// watched begins the demonstration when the first browser is there.
func (p *Page) watched() {
	if p.cfg.Demo {
		p.demo.seen.Do(p.demo.want)
	}
}

// play begins or ends the demonstration.
func (p *Page) play(w http.ResponseWriter, r *http.Request) {
	o, ok := decodeOrder(w, r)
	if !ok {
		return
	}
	if o.On {
		p.demo.want()
	} else {
		p.demo.mu.Lock()
		if p.demo.stop != nil {
			p.demo.stop()
		}
		p.demo.mu.Unlock()
	}
	done(w)
}

// scenario is the demonstration under way.
type scenario struct {
	*Page
	ctx             context.Context
	stranger, admin Character
	waiting         int // the photo that waits for the service
}

type scene struct {
	caption string
	whose   func(*scenario) []Character
	play    func(*scenario) error
}

func both(s *scenario) []Character               { return []Character{s.stranger, s.admin} }
func theirs(s *scenario) []Character             { return []Character{s.stranger} }
func (s *scenario) tg() *faketelegram.Server     { return s.cfg.Telegram }
func (s *scenario) say(c Character, text string) { s.tg().Say(c.Person, text) }

// playDemo plays one demonstration.
func (p *Page) playDemo(ctx context.Context) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s := &scenario{Page: p, ctx: ctx}
	p.switches.mend() // it shows what it says, whatever somebody broke before
	if p.cfg.Process != nil {
		p.cfg.Process.StayDown(false)
	}
	p.demo.mu.Lock()
	p.demo.stop = stop
	p.demo.mu.Unlock()
	caption := "That was it. Now you: send a card, or break something."
	if err := s.cast(); err != nil {
		caption = "The demonstration needs an admin, and room for a newcomer."
	} else if err := s.run(); ctx.Err() != nil {
		caption = "" // somebody has seen enough
	} else if err != nil {
		caption = "The demonstration ended early: the bot did not do what was expected."
	}
	p.switches.mend()
	p.demo.mu.Lock()
	p.demo.stop = nil
	select {
	case <-p.demo.wanted:
	default:
	}
	p.demo.now = sceneShown{Caption: caption, People: p.demo.now.People}
	p.demo.mu.Unlock()
	p.touch()
}

// cast finds an admin, and a stranger whom the bot has never seen.
func (s *scenario) cast() error {
	people, _ := s.Page.cast()
	admin := slices.IndexFunc(people, func(c Character) bool { return c.Part == PartAdmin })
	if admin < 0 {
		return errors.New("sandbox: nobody is an admin")
	}
	s.admin = people[admin]
	for _, c := range people {
		if started, _ := s.tg().Acquainted(c.ID); c.Part == PartStranger && !started {
			s.stranger = c
			return nil
		}
	}
	var err error
	s.stranger, err = s.invite("Nurlan", "en")
	return err
}

func (s *scenario) run() error {
	for i, scene := range scenes {
		if i > 0 && !s.look(demoPause) {
			return s.ctx.Err()
		}
		now := sceneShown{Playing: true, Caption: scene.caption, Step: i + 1, Of: len(scenes)}
		for _, c := range scene.whose(s) {
			now.People = append(now.People, c.ID)
		}
		s.demo.show(now)
		s.touch()
		if !s.look(demoPause / 3) {
			return s.ctx.Err()
		}
		if err := scene.play(s); err != nil {
			return err
		}
	}
	if !s.look(demoPause) {
		return s.ctx.Err()
	}
	return nil
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
