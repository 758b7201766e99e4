package page

import (
	"context"
	"net/http"
	"sync"

	faketelegram "mrzbot/sandbox/telegram"
)

// SampleHeld is the sample of the photo that lies in the first phone when the
// page is first looked at.
const SampleHeld = "In a hand"

// opening is that photo, sent once, so that nobody looks at an empty chat.
type opening struct {
	wanted chan faketelegram.Person
	once   sync.Once
}

// watched begins, when the first browser is there, the demonstration or, without
// one, the opening.
func (p *Page) watched(r *http.Request) {
	p.opening.once.Do(func() {
		language := languageOf(r)
		if p.cfg.Demo {
			p.demo.want(language)
		} else if c := p.first(language); c.ID != 0 {
			p.opening.wanted <- c.Person
		}
	})
}

// Run does what the page does by itself, until ctx is done: it plays what is
// asked for, and keeps everybody's part.
func (p *Page) Run(ctx context.Context) {
	var roles sync.WaitGroup
	roles.Go(func() { p.followRoles(ctx) })
	defer roles.Wait()
	for {
		select {
		case language := <-p.demo.wanted:
			p.playDemo(ctx, language)
		case who := <-p.opening.wanted:
			_, _ = p.sendSample(ctx, who, SampleHeld) // without it the chat is as empty as others
		case <-ctx.Done():
			return
		}
	}
}
