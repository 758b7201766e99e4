package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"mrzbot/sandbox/botapi"
)

// Cut says when a connection breaks.
type Cut int

const (
	CutNever  Cut = iota
	CutBefore     // the call was read, not carried out
	CutAfter      // the call was carried out, the answer is lost
)

// Fault is something that goes wrong with the bot's calls. Without Cut and
// Status the call is only late.
type Fault struct {
	Method string // empty: every method; FileCall: downloads
	Chat   int64  // 0: every chat
	Field  string // only calls that hold this parameter; empty: every call
	Longer int    // only calls with a text of more UTF-16 units than this
	Skip   int    // so many calls go well first
	Times  int    // then so many go wrong; 0: until it is healed

	Hold        <-chan struct{} // the call waits until it is closed; nil: it does not
	Delay       time.Duration   // before anything else
	Status      int             // refuse with this status, without carrying out
	Description string          // of the refusal; empty: the status in words
	RetryAfter  int             // seconds, for 429
	HTML        bool            // a gateway's page instead of JSON
	Cut         Cut

	Met func() // called each time it happens, before anything else; nil: nobody
}

type armedFault struct {
	Fault
	left int // -1: without end
}

// Fail arms a fault and returns what disarms it. Of several that fit a call
// the one armed first happens; one that still skips leaves the call to others.
func (t *Telegram) Fail(f Fault) (heal func()) {
	heal, _ = t.arm(f)
	return heal
}

// arm is Fail that also gives what says whether the fault has happened as
// often as it was to.
func (t *Telegram) arm(f Fault) (heal func(), spent func() bool) {
	armed := &armedFault{Fault: f, left: f.Times}
	if f.Times == 0 {
		armed.left = -1
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.faults = append(t.faults, armed)
	heal = func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.faults = slices.DeleteFunc(t.faults, func(a *armedFault) bool { return a == armed })
	}
	spent = func() bool {
		t.mu.Lock()
		defer t.mu.Unlock()
		return armed.left == 0
	}
	return heal, spent
}

// hits reports whether a fault is about this call.
func (f *Fault) hits(call *Call) bool {
	_, holds := call.Fields[f.Field]
	switch {
	case f.Method != "" && !strings.EqualFold(f.Method, call.Method), f.Chat != 0 && f.Chat != call.Chat:
		return false
	case f.Field != "" && !holds, f.Longer != 0 && botapi.Units(call.Fields["text"]) <= f.Longer:
		return false
	default:
		return true
	}
}

// takeFault finds what goes wrong with this call; nil: nothing.
func (t *Telegram) takeFault(call *Call) *Fault {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, f := range t.faults {
		if f.left == 0 || !f.hits(call) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		if f.left > 0 {
			f.left--
		}
		taken := f.Fault
		return &taken
	}
	return nil
}

// before plays what happens instead of the call, and says whether it did.
func (f *Fault) before(w http.ResponseWriter, r *http.Request, call *Call) bool {
	if f == nil {
		return false
	}
	if f.Met != nil {
		f.Met()
	}
	if f.Hold != nil {
		select {
		case <-f.Hold:
		case <-r.Context().Done():
		}
	}
	if f.Delay > 0 && !pause(r, f.Delay) {
		call.Error = "the caller went away"
		return true
	}
	switch {
	case f.Cut == CutBefore:
		call.Error = "cut before the call was carried out"
		panic(http.ErrAbortHandler)
	case f.Status == 0 || f.Cut == CutAfter:
		return false
	}
	text := f.Description
	if text == "" {
		text = http.StatusText(f.Status)
		if f.Status == http.StatusTooManyRequests {
			text = fmt.Sprintf("%s: retry after %d", text, f.RetryAfter)
		}
	}
	call.Status, call.Error = f.Status, text
	if f.HTML {
		writeHTML(w, r, f.Status)
	} else {
		writeError(w, &botapi.Error{Code: f.Status, Description: text, RetryAfter: f.RetryAfter})
	}
	return true
}

// after plays what happens to the answer of a call that was carried out.
func (f *Fault) after(call *Call) {
	if f != nil && f.Cut == CutAfter {
		call.Error = "cut after the call was carried out"
		panic(http.ErrAbortHandler)
	}
}

// pause waits, and says false when the caller went away.
func pause(r *http.Request, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}
