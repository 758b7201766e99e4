package faketelegram

import (
	"fmt"
	"slices"
	"time"

	"mrzbot/sandbox/web"
)

// updateLifetime is how long Telegram keeps an update that is not delivered;
// button presses live shorter, see queryLifetime.
const updateLifetime = 24 * time.Hour

// update is one update on its way to the bot.
type update struct {
	id       int64
	queue    string
	raw      []byte
	expires  time.Time     // by the calendar
	due      time.Time     // by the machine's clock; not before
	pause    time.Duration // the last one made
	failures int
	busy     bool     // a delivery is under way
	again    bool     // a repetition of one that was delivered
	message  *message // that the bot takes with it; nil: none
}

// updateQueues holds what is not delivered. The webhook works queue by queue,
// the next update of a queue only after the one before; getUpdates takes all
// in order of their numbers.
type updateQueues struct {
	nextID  int64
	byKey   map[string][]*update
	keys    []string // of the queues that are not empty; the one served last at the end
	pending int
	busy    int // deliveries under way
	lost    int
	held    bool
	twice   int           // so many deliveries will be made once more; below 0: every one
	late    time.Duration // every update is on its way so long
	mix     mixing
	past    []*update // delivered, for Redeliver
	log     []Delivery
}

// mixing keeps updates back for a while and lets them go in reverse order.
type mixing struct {
	window time.Duration // 0: nothing is mixed
	timer  *time.Timer   // of the window now open; nil: none is
}

// Delivery is one attempt to bring an update to the webhook.
type Delivery struct {
	UpdateID int64
	Attempt  int       // from 1
	At       time.Time // by the machine's clock
	Took     time.Duration
	Status   int    // HTTP status; 0: no answer
	Error    string // why there was none
}

// firstUpdateID is an arbitrary start, as Telegram's is.
const firstUpdateID = 528_640_001

func newUpdateQueues() updateQueues {
	return updateQueues{nextID: firstUpdateID, byKey: map[string][]*update{}}
}

// A chat's messages keep their order; presses and membership have queues of
// their own, so their order to messages is not certain.
func messageQueue(chat int64) string { return fmt.Sprintf("chat %d", chat) }
func pressQueue(person int64) string { return fmt.Sprintf("press %d", person) }
func memberQueue(chat int64) string  { return fmt.Sprintf("member %d", chat) }

// notByDefault are the kinds a bot must name in allowed_updates to get.
var notByDefault = []string{"chat_member", "message_reaction", "message_reaction_count"}

// enqueue gives the update its number and puts it on its way, if the bot
// wants its kind. The caller holds mu.
func (t *Server) enqueue(queue, kind string, lifetime time.Duration, u wireUpdate) {
	wanted := !slices.Contains(notByDefault, kind)
	if len(t.hook.allowed) > 0 {
		wanted = slices.Contains(t.hook.allowed, kind)
	}
	if !wanted {
		return
	}
	s := &t.updates
	u.ID = s.nextID
	s.nextID++
	raw, err := web.Encode(u)
	if err != nil || s.pending >= maxPending {
		s.lost++
		return
	}
	sent := &update{id: u.ID, queue: queue, raw: raw, expires: t.now().Add(lifetime)}
	if s.late > 0 {
		sent.due = time.Now().Add(s.late)
	}
	if u.Message != nil {
		sent.message = t.messages[u.Message.ID]
	}
	s.push(sent)
	t.openWindow()
	t.touch()
	t.pump()
}

func (s *updateQueues) push(u *update) {
	if len(s.byKey[u.queue]) == 0 {
		s.keys = append(s.keys, u.queue)
	}
	s.byKey[u.queue] = append(s.byKey[u.queue], u)
	s.pending++
}

// remove takes an update out and moves its queue to the end of the line. It
// says whether the update was still there.
func (s *updateQueues) remove(u *update) bool {
	i := slices.Index(s.byKey[u.queue], u)
	if i < 0 {
		return false
	}
	s.pending--
	s.byKey[u.queue] = slices.Delete(s.byKey[u.queue], i, i+1)
	s.keys = slices.DeleteFunc(s.keys, func(k string) bool { return k == u.queue })
	if len(s.byKey[u.queue]) == 0 {
		delete(s.byKey, u.queue)
	} else {
		s.keys = append(s.keys, u.queue)
	}
	return true
}

// head is the first update of a queue that has not expired; nil: none.
func (s *updateQueues) head(key string, now time.Time) *update {
	for len(s.byKey[key]) > 0 {
		first := s.byKey[key][0]
		if first.busy || now.Before(first.expires) {
			return first
		}
		s.remove(first)
	}
	return nil
}

// waiting is everything not delivered, in order of the numbers.
func (s *updateQueues) waiting(now time.Time) []*update {
	var list []*update
	for _, key := range slices.Clone(s.keys) {
		s.head(key, now)
		for _, u := range s.byKey[key] {
			if now.Before(u.expires) {
				list = append(list, u)
			}
		}
	}
	slices.SortFunc(list, func(a, b *update) int { return int(a.id - b.id) })
	return list
}

func (s *updateQueues) clear() {
	s.byKey, s.keys, s.pending = map[string][]*update{}, nil, 0
}

// Pending counts the updates that were not delivered.
func (t *Server) Pending() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.updates.waiting(t.now()))
}

// Lost counts the updates thrown away because too many waited.
func (t *Server) Lost() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.updates.lost
}

// Deliveries is the log of attempts, oldest first.
func (t *Server) Deliveries() []Delivery {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.updates.log)
}

// Hold keeps all updates back, as a slow network does, until Release.
func (t *Server) Hold() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.updates.held = true
}

// Release lets held updates go, in order.
func (t *Server) Release() { t.release(false) }

// ReleaseReversed lets held updates go in the reverse order, which Telegram
// does not promise never to do.
func (t *Server) ReleaseReversed() { t.release(true) }

func (t *Server) release(reversed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.updates.held = false
	if reversed {
		slices.Reverse(t.updates.keys)
		for _, queue := range t.updates.byKey {
			slices.Reverse(queue)
		}
	}
	t.touch()
	t.pump()
}

// Late makes every update from now on take so long on its way to the webhook.
func (t *Server) Late(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.updates.late = d
}

// Mix keeps updates back for a time that begins with the first of them, and
// delivers what came together in reverse order; 0 ends that. It must not be
// used together with Hold.
func (t *Server) Mix(window time.Duration) {
	t.mu.Lock()
	t.updates.mix.window = window
	open := t.updates.mix.timer
	t.mu.Unlock()
	if window == 0 && open != nil && open.Stop() {
		t.closeWindow()
	}
}

// openWindow keeps an update back when updates are mixed. The caller holds mu.
func (t *Server) openWindow() {
	s := &t.updates
	if s.mix.window == 0 || s.mix.timer != nil || t.ctx.Err() != nil {
		return
	}
	s.held = true
	s.mix.timer = time.AfterFunc(s.mix.window, t.closeWindow)
}

func (t *Server) closeWindow() {
	t.mu.Lock()
	t.updates.mix.timer = nil
	t.mu.Unlock()
	t.ReleaseReversed()
}

// DeliverTwice makes the next n successful deliveries happen once more, as
// after an answer that was lost on its way; -1: every one from now on.
func (t *Server) DeliverTwice(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.updates.twice = n
}

// Redeliver brings an update to the webhook again that was delivered before;
// false: it is not known any more.
func (t *Server) Redeliver(updateID int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.IndexFunc(t.updates.past, func(u *update) bool { return u.id == updateID })
	if i < 0 {
		return false
	}
	again := t.updates.past[i]
	t.updates.push(&update{id: again.id, queue: again.queue, raw: again.raw, expires: t.now().Add(updateLifetime)})
	t.touch()
	t.pump()
	return true
}

// RestartNumbering makes the next update carry this number: Telegram may
// start anew after a week without updates.
func (t *Server) RestartNumbering(next int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.updates.nextID = next
}
