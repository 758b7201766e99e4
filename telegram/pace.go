package telegram

import (
	"sync"
	"time"
)

const (
	// noticeGap keeps notices under Telegram's limit for what nobody asked
	// for, about 30 a second, and leaves room for replies: 25 a second.
	noticeGap = time.Second / 25

	// chatGap is Telegram's advice for one chat: a message a second.
	chatGap = time.Second

	// turnKept is how long a turn that was given out stays good. Later, the
	// pace has moved on, and the notice takes a new one.
	turnKept = time.Minute

	// maxTurns bounds the chats remembered. Beyond it the pace of single chats
	// is forgotten, the overall one stays.
	maxTurns = 10_000
)

// pace gives notices their turns. One whose turn is later is told when, and
// that moment is kept for its chat: when it comes back it goes, and is not put
// off a second time. So a thousand notices are put off a thousand times, not a
// million.
type pace struct {
	mu    sync.Mutex
	next  time.Time // the next free turn overall
	chats map[int64]turn
	swept time.Time
}

// turn is a chat's part of the pace.
type turn struct {
	next time.Time // the chat's next free turn
	due  time.Time // a turn given out and not yet used; zero: none
}

// wait gives how long a notice to the chat has to wait; 0: its turn is now,
// and used up.
func (p *pace) wait(chat int64, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.chats[chat]
	if due := t.due; !due.IsZero() {
		if d := due.Sub(now); d > 0 {
			return d
		}
		t.due = time.Time{}
		if now.Sub(due) < turnKept {
			p.chats[chat] = t
			return 0
		}
	}

	at := later(now, p.next)
	p.next = at.Add(noticeGap) // a chat that waits longer holds up no other
	at = later(at, t.next)
	t.next = at.Add(chatGap)
	d := at.Sub(now)
	if d > 0 {
		t.due = at
	}
	p.put(chat, t, now)
	return d
}

// put remembers a chat's turn, and forgets those long over.
func (p *pace) put(chat int64, t turn, now time.Time) {
	if p.chats == nil {
		p.chats = make(map[int64]turn)
	}
	if now.Sub(p.swept) > turnKept || len(p.chats) >= maxTurns {
		for k, t := range p.chats {
			if now.Sub(t.next) > turnKept {
				delete(p.chats, k)
			}
		}
		p.swept = now
	}
	if len(p.chats) >= maxTurns {
		clear(p.chats)
	}
	p.chats[chat] = t
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
