package outbox

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"mrzbot/bot/health"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// alertsKey is the setting that holds the causes that the admins were told of.
const alertsKey = "alerts"

const (
	// closedFor is how long a cause that is over is remembered: for as long as
	// somebody may press the button under its message.
	closedFor = 7 * 24 * time.Hour

	// mostMessages bounds the messages that are remembered of an admin and a cause;
	// the buttons of older ones do nothing.
	mostMessages = 5

	// mostCauses bounds the list; those that were seen longest ago go.
	mostCauses = 60
)

// state is what is known of a cause. Times are in Unix seconds.
type state struct {
	Since int64  `json:"since"`           // when it was first noticed
	Seen  int64  `json:"seen"`            // when it was last
	Told  int64  `json:"told,omitempty"`  // when the admins were last told, also of an earlier time
	Stage string `json:"stage,omitempty"` // what they were told then
	Loud  bool   `json:"loud,omitempty"`  // they were told since Since
	Over  int64  `json:"over,omitempty"`  // when it was over; 0: it is not
	Hits  int    `json:"hits,omitempty"`  // photos that it hit
	// Messages are those with a button, by admin.
	Messages map[string][]int `json:"messages,omitempty"`
}

func (o *state) open() bool { return o.Since != 0 && o.Over == 0 }

// due reports whether the admins are to be told now. A clock that was ahead and
// was set right must not keep them from it.
func (o *state) due(w alert) bool {
	since := w.now.Sub(time.Unix(o.Told, 0))
	switch {
	case o.Told == 0 || o.Stage != w.stage || since < -time.Minute:
		return true
	default:
		return w.every > 0 && since >= w.every
	}
}

// states is what is known of all causes.
type states map[string]*state

// of gives what is known of a cause, to be changed.
func (s states) of(cause string) *state {
	if s[cause] == nil {
		s[cause] = &state{}
	}
	return s[cause]
}

func readStates(raw []byte) (states, error) {
	s := states{}
	if len(raw) == 0 || raw[0] != '{' { // earlier versions kept a list of names
		return s, nil
	}
	return s, json.Unmarshal(raw, &s)
}

func (a *Alerts) states(ctx context.Context) (states, error) {
	raw, err := a.Store.Setting(ctx, alertsKey)
	if err != nil {
		return nil, err
	}
	return readStates(raw)
}

// change alters the states as one step against others.
func (a *Alerts) change(ctx context.Context, f func(s states)) error {
	now := a.Now()
	_, err := a.Store.ChangeSetting(ctx, alertsKey, func(old []byte) ([]byte, error) {
		s, err := readStates(old)
		if err != nil {
			s = states{}
		}
		f(s)
		s.tidy(now)
		if len(s) == 0 {
			return nil, nil
		}
		return json.Marshal(s)
	})
	if err != nil {
		a.Log.Warn("alerts not stored", "error", err)
	}
	return err
}

// tidy forgets what was over long ago.
func (s states) tidy(now time.Time) {
	maps.DeleteFunc(s, func(_ string, o *state) bool {
		return o.Since == 0 || o.Over != 0 && now.Sub(time.Unix(o.Over, 0)) > closedFor
	})
	if len(s) <= mostCauses {
		return
	}
	causes := slices.SortedFunc(maps.Keys(s), func(a, b string) int { return cmp.Compare(s[b].Seen, s[a].Seen) })
	for _, cause := range causes[mostCauses:] {
		delete(s, cause)
	}
}

// NoteMessage remembers the message that told an admin of a cause, so that its
// button is known to be there.
func (a *Alerts) NoteMessage(ctx context.Context, cause string, admin int64, message int) {
	_ = a.change(ctx, func(s states) {
		o := s[cause]
		if o == nil {
			return
		}
		if o.Messages == nil {
			o.Messages = map[string][]int{}
		}
		id := text.ID(admin)
		all := append(slices.Clone(o.Messages[id]), message)
		o.Messages[id] = all[max(0, len(all)-mostMessages):]
	})
}

// OpenCauses lists the causes of the service's that are not over, the oldest first.
func OpenCauses(ctx context.Context, settings storage.Settings) ([]health.Open, error) {
	raw, err := settings.Setting(ctx, alertsKey)
	if err != nil {
		return nil, err
	}
	s, err := readStates(raw)
	var open []health.Open
	for cause, o := range s {
		if o.open() && ofService(cause) {
			open = append(open, health.Open{Cause: cause, Since: time.Unix(o.Since, 0), Seen: time.Unix(o.Seen, 0), Hits: o.Hits, Text: alertText(cause), Waits: waits(cause)})
		}
	}
	slices.SortFunc(open, func(a, b health.Open) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.Cause, b.Cause)) })
	return open, err
}

// close closes the causes that are meant.
func (s states) close(meant func(cause string) bool, now time.Time) {
	for cause, o := range s {
		if o.open() && meant(cause) {
			o.Over = now.Unix()
		}
	}
}
