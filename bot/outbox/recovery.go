package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"sync"
	"time"

	"mrzbot/bot/text"
	"mrzbot/storage"
)

// Recovery tells those whose photos were refused, because the service was down or
// does not read for us, that it reads again: each of them once, whichever process
// sees it.
type Recovery struct {
	*Outbox

	// That nobody waits for word is remembered, so that a read that goes well costs
	// no look into the store.
	mu     sync.Mutex
	nobody time.Time // when there was nobody; zero: there may be somebody
}

// refusedKey is the setting that lists them.
const refusedKey = "refused"

// mostRefused bounds the list. It is longer than any team.
const mostRefused = 1000

// refusal is what is kept of somebody who was refused.
type refusal struct {
	Chat   int64 `json:"chat"`
	Thread int   `json:"thread,omitempty"`
	Since  int64 `json:"since"` // Unix seconds
}

// Refused notes somebody who is to be told.
func (r *Recovery) Refused(ctx context.Context, person, to int64, thread int) {
	now := r.Now()
	_, err := r.Store.ChangeSetting(ctx, refusedKey, func(old []byte) ([]byte, error) {
		list, err := refusals(old)
		if _, listed := list[text.ID(person)]; err != nil || listed || len(list) >= mostRefused {
			return old, err
		}
		list[text.ID(person)] = refusal{to, thread, now.Unix()}
		return json.Marshal(list)
	})
	if err != nil {
		r.Log.Warn("somebody refused not noted", "user_id", person, "error", err)
	}
	r.note(time.Time{})
}

// Forget takes somebody from the list.
func (r *Recovery) Forget(ctx context.Context, person int64) error {
	_, err := r.Store.ChangeSetting(ctx, refusedKey, func(old []byte) ([]byte, error) {
		list, err := refusals(old)
		if _, listed := list[text.ID(person)]; err != nil || !listed {
			return old, err
		}
		delete(list, text.ID(person))
		return json.Marshal(list)
	})
	return err
}

// Reads tells those who were refused that the service reads again: all but the one
// whose photo it has just read.
func (r *Recovery) Reads(ctx context.Context, person int64) {
	now := r.Now()
	if r.knowsNobody(now) {
		return
	}
	old, err := r.Store.Setting(ctx, refusedKey)
	var told map[string]refusal
	if err == nil {
		told, err = refusals(old)
	}
	if err == nil && len(told) > 0 {
		posting := r.tell(ctx, told, person)
		// Whoever was refused meanwhile stays, and whose message was not stored. After a
		// crash before this the messages are posted again, under the same names.
		_, err = r.Store.ChangeSetting(ctx, refusedKey, func(old []byte) ([]byte, error) {
			left, err := refusals(old)
			for id, one := range told {
				if left[id] == one {
					delete(left, id)
				}
			}
			if err != nil || len(left) == 0 {
				return nil, err
			}
			return json.Marshal(left)
		})
		err = errors.Join(posting, err)
	}
	if err != nil {
		r.Log.Warn("those who were refused not told", "error", err)
		return
	}
	r.note(now)
}

// tell posts the messages. Whose message was not stored is taken from the list.
func (r *Recovery) tell(ctx context.Context, list map[string]refusal, but int64) (failed error) {
	for id, one := range list {
		person, err := strconv.ParseInt(id, 10, 64)
		if err != nil || person == but {
			continue
		}
		if p, err := r.People.Person(ctx, person); err == nil && p.Role == storage.RoleNone {
			continue // shut out meanwhile
		}
		l := Message{Text: r.LocalizerOf(ctx, person).Text("reads_again", nil), Thread: one.Thread, Notice: true}
		if _, err := r.Store.AddTask(ctx, r.Post("reads_again:"+id+":"+strconv.FormatInt(one.Since, 10), one.Chat, l)); err != nil {
			delete(list, id)
			failed = err
		}
	}
	return failed
}

func refusals(raw []byte) (map[string]refusal, error) {
	list := map[string]refusal{}
	if raw == nil {
		return list, nil
	}
	return list, json.Unmarshal(raw, &list)
}

func (r *Recovery) knowsNobody(now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	since := now.Sub(r.nobody)
	return !r.nobody.IsZero() && since >= 0 && since < alertsLook
}

func (r *Recovery) note(nobody time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.nobody = nobody
}
