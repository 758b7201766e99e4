package admin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"mrzbot/bot/outage"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// A desk is what lies before an admin: the cards of people that were shown last, and
// a question that waits for its answer in words. It is a setting, so that a button is
// good once, for whoever it was shown to and under its own message, whatever the
// button says.

type desk struct {
	Cards []shown   `json:"cards,omitempty"` // the newest last
	Asked *question `json:"asked,omitempty"`
}

// maxCards is how many cards an admin may have open: older ones are shown again when
// they are pressed.
const maxCards = 8

// shown is a card as it was shown.
type shown struct {
	Message int          `json:"message"` // 0: not known, and fits any
	Person  int64        `json:"person"`
	Key     string       `json:"key"`
	State   string       `json:"state"`          // what the person was: see stateOf
	Used    string       `json:"used,omitempty"` // the task that has pressed a button which changes something
	Back    screen.Place `json:"back"`
	Closed  *closing     `json:"closed,omitempty"`
	At      time.Time    `json:"at,omitzero"` // when it was shown
}

// closing is what was taken from somebody, to be given back.
type closing struct {
	Role  storage.Role `json:"role"`
	Added time.Time    `json:"added"`
	By    int64        `json:"by"`
	Until time.Time    `json:"until,omitzero"`
	End   time.Time    `json:"end"` // until when it can be
}

// question is what an admin was asked, to be answered by a reply.
type question struct {
	Message int          `json:"message"`        // 0: not known
	Says    string       `json:"says,omitempty"` // what it says, when Message is not known: see fingerprint
	What    string       `json:"what"`           // screen.CardType, CardNote or FindButton
	Person  int64        `json:"person,omitempty"`
	Back    screen.Place `json:"back"`
	End     time.Time    `json:"end"`
	Used    string       `json:"used,omitempty"` // the task that has answered it
}

const (
	undoFor = 10 * time.Minute // how long a change can be taken back by its button
	askFor  = time.Hour        // how long a question waits for its answer
	cardFor = 24 * time.Hour   // how long the buttons of a card work
)

func deskKey(admin int64) string { return "desk:" + text.ID(admin) }

func readDesk(raw []byte) (d desk) {
	if json.Unmarshal(raw, &d) != nil { // of another version: its buttons are old
		return desk{}
	}
	return d
}

func (a *Admin) desk(ctx context.Context, admin int64) (desk, error) {
	raw, err := a.Store.Setting(ctx, deskKey(admin))
	if err != nil {
		return desk{}, outage.StoreError{Err: err}
	}
	return readDesk(raw), nil
}

func (a *Admin) changeDesk(ctx context.Context, admin int64, change func(*desk)) error {
	_, err := a.Store.ChangeSetting(ctx, deskKey(admin), func(old []byte) ([]byte, error) {
		d := readDesk(old)
		change(&d)
		d.tidy(a.Now())
		return json.Marshal(d)
	})
	if err != nil {
		return outage.StoreError{Err: err}
	}
	return nil
}

// ForgetDesk takes away what lies before somebody who is an admin no more.
func (a *Admin) ForgetDesk(ctx context.Context, id int64) error {
	if err := a.Store.PutSetting(ctx, deskKey(id), nil); err != nil {
		return outage.StoreError{Err: err}
	}
	return nil
}

// tidy notes when new cards were shown, and takes away those that nobody presses any
// more: people who are on them may have been forgotten.
func (d *desk) tidy(now time.Time) {
	for i := range d.Cards {
		if d.Cards[i].At.IsZero() {
			d.Cards[i].At = now
		}
	}
	d.Cards = slices.DeleteFunc(d.Cards, func(c shown) bool { return now.Sub(c.At).Abs() > cardFor })
}

// card gives the card that stands in a message.
func (d *desk) card(message int) *shown {
	for i := range slices.Backward(d.Cards) {
		if c := &d.Cards[i]; c.Message == message || c.Message == 0 {
			return c
		}
	}
	return nil
}

// put lays a card on the desk, in the place of what stood in its message.
func (d *desk) put(c shown) {
	d.Cards = slices.DeleteFunc(d.Cards, func(old shown) bool { return old.Message == c.Message })
	d.Cards = append(d.Cards, c)
	d.Cards = d.Cards[max(len(d.Cards)-maxCards, 0):]
}

// closed gives what was taken from somebody a while ago.
func (d *desk) closed(person int64, now time.Time) *closing {
	for _, c := range slices.Backward(d.Cards) {
		if c.Person == person && c.Closed != nil && now.Before(c.Closed.End) {
			return c.Closed
		}
	}
	return nil
}

// stateOf says what admins have made of somebody, to tell whether another has changed
// it since a card was shown.
func stateOf(p storage.Person) string {
	limit := "default"
	if p.Limit != nil {
		limit = fmt.Sprint(*p.Limit)
	}
	return fingerprint(fmt.Sprintf("%s %s %d %d %d %s", p.Role, limit, p.Added.UnixMicro(), p.Until.UnixMicro(), p.ShutOut.UnixMicro(), p.Note))
}

// fingerprint tells texts apart without keeping them.
func fingerprint(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}
