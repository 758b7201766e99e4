package page

import (
	"context"
	"net/http"
	"sync"
	"time"
)

const (
	// demoPause is how long a scene may be looked at before the next begins.
	demoPause = 3500 * time.Millisecond
	// demoPatience is how long a scene waits for what the bot should do. The
	// demonstration goes on without it.
	demoPatience = 30 * time.Second
)

// Names of samples the demonstration sends.
const (
	SampleGood  = "Sharp"
	SampleFront = "Front side"
	SampleSoft  = "Soft"
)

// demo is the demonstration: a scenario that plays by itself on the page.
type demo struct {
	wanted chan string // the language of who wants to see it

	mu   sync.Mutex
	now  sceneShown
	stop context.CancelFunc // of the one that plays; nil: none does
}

// sceneShown is what the page shows of the demonstration.
type sceneShown struct {
	Playing bool    `json:"playing"`
	Over    bool    `json:"over"` // it has played to its end
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
func (d *demo) want(language string) {
	select {
	case d.wanted <- language:
	default:
	}
}

// perform begins or ends the demonstration.
func (p *Page) perform(w http.ResponseWriter, r *http.Request) {
	o, ok := decodeOrder(w, r)
	if !ok {
		return
	}
	if o.On {
		p.demo.want(languageOf(r))
	} else {
		p.demo.mu.Lock()
		if p.demo.stop != nil {
			p.demo.stop()
		}
		p.demo.mu.Unlock()
	}
	done(w)
}

// What is said at the end.
const (
	demoIsOver   = "That was it. Now you: send a card, or break something."
	demoFaltered = "That was it, but not all of it went as it should: the wire shows what happened."
	demoNoRoom   = "The demonstration needs an admin, and room for a newcomer."
)

// playDemo plays one demonstration.
func (p *Page) playDemo(ctx context.Context, language string) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s := &scenario{Page: p, ctx: ctx, language: language}
	p.switches.mend() // it shows what it says, whatever somebody broke before
	if p.cfg.Process != nil {
		p.cfg.Process.StayDown(false)
	}
	p.demo.mu.Lock()
	p.demo.stop = stop
	p.demo.mu.Unlock()
	last := sceneShown{Over: true, Caption: demoIsOver}
	if err := s.choose(); err != nil {
		last.Caption = demoNoRoom
	} else if faltered := s.run(); ctx.Err() != nil {
		last = sceneShown{} // somebody has seen enough
	} else if faltered {
		last.Caption = demoFaltered
	}
	p.switches.mend()
	p.demo.mu.Lock()
	p.demo.stop = nil
	select {
	case <-p.demo.wanted:
	default:
	}
	last.People = p.demo.now.People
	p.demo.now = last
	p.demo.mu.Unlock()
	p.touch()
}
