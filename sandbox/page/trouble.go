package page

import (
	"net/http"
	"time"

	"mrzbot/sandbox/journal"
)

// What the page does to the sandbox itself.

// service chooses what the MRZ service answers from now on.
func (p *Page) service(w http.ResponseWriter, r *http.Request) {
	if o, ok := decodeOrder(w, r); ok {
		p.did(w, p.switches.choose(o.Name), "the service answers", o.Name)
	}
}

// turn turns a switch on or off.
func (p *Page) turn(w http.ResponseWriter, r *http.Request) {
	if o, ok := decodeOrder(w, r); ok {
		what := "switched off"
		if o.On {
			what = "switched on"
		}
		p.did(w, p.switches.set(o.Name, o.On), what, o.Name)
	}
}

// mend turns all switches off.
func (p *Page) mend(w http.ResponseWriter, _ *http.Request) {
	p.switches.mend()
	p.did(w, true, "everything works", "")
}

// kill kills the bot's process.
func (p *Page) kill(w http.ResponseWriter, _ *http.Request) {
	if p.cfg.Process != nil {
		p.cfg.Process.Kill()
	}
	p.did(w, p.cfg.Process != nil, "the bot is killed", "")
}

// down says whether a killed bot is started again.
func (p *Page) down(w http.ResponseWriter, r *http.Request) {
	o, ok := decodeOrder(w, r)
	if !ok {
		return
	}
	what := "the bot is started again"
	if o.On {
		what = "the bot stays down"
	}
	if p.cfg.Process != nil {
		p.cfg.Process.StayDown(o.On)
	}
	p.did(w, p.cfg.Process != nil, what, "")
}

// did writes into the journal what somebody did, wakes the browsers and
// answers; not ok: there is no such thing.
func (p *Page) did(w http.ResponseWriter, ok bool, what, name string) {
	if !ok {
		http.Error(w, "there is no such thing here", http.StatusNotFound)
		return
	}
	e := journal.Entry{At: time.Now().UnixMilli(), Source: journal.FromSandbox, What: what}
	if name != "" {
		e.Fields = []journal.Field{{Name: "name", Value: name}}
	}
	p.cfg.Journal.Add(e)
	p.touch()
	done(w)
}
