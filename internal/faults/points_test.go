package faults

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"path"
	"slices"
	"sync"

	faketelegram "mrzbot/sandbox/telegram"
)

// point is a moment in the life of an update, as it is seen from outside:
// "getFile before" when the call has arrived and nothing is done yet, "getFile
// after" when its answer is on the wire.
type point string

// The points of the service and of the door.
const (
	mrzBegun    point = "mrz begun"    // the request's header has come
	mrzBody     point = "mrz body"     // a first part of its body was read
	mrzReceived point = "mrz received" // its last byte was read
	mrzAnswered point = "mrz answered"
	doorBefore  point = "door before" // an update sets out to the webhook
	doorAfter   point = "door after"  // it was taken with 200
)

func before(method string) point { return point(method + " before") }
func after(method string) point  { return point(method + " after") }

// points is where a test can step in.
type points struct {
	mu     sync.Mutex
	armed  point
	left   int // of its occurrences before it fires
	fire   func()
	passed map[point]int

	updates map[int]int64    // message id → the update that brought it
	presses map[string]int64 // id of a press → the update that brought it
	raw     map[int64][]byte // update id → its bytes
	replied chan struct{}    // rung when the bot has sent a message
}

func newPoints() *points {
	return &points{passed: map[point]int{}, updates: map[int]int64{}, presses: map[string]int64{}, raw: map[int64][]byte{}, replied: make(chan struct{}, 1)}
}

// arm has f called at the n-th occurrence of a point from now on, once; the
// moment lasts until f returns.
func (p *points) arm(at point, n int, f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.armed, p.left, p.fire = at, n, f
}

func (p *points) disarm() { p.arm("", 0, nil) }

// at says that a point is reached.
func (p *points) at(reached point) {
	p.mu.Lock()
	p.passed[reached]++
	var fire func()
	if p.fire != nil && p.armed == reached {
		if p.left--; p.left <= 0 {
			fire, p.fire = p.fire, nil
		}
	}
	p.mu.Unlock()
	if fire != nil {
		fire()
	}
	if reached == after("sendMessage") {
		select {
		case p.replied <- struct{}{}:
		default:
		}
	}
}

// note remembers an update that is on its way.
func (p *points) note(raw []byte) {
	var u struct {
		ID      int64 `json:"update_id"`
		Message struct {
			ID int `json:"message_id"`
		} `json:"message"`
		Press struct {
			ID string `json:"id"`
		} `json:"callback_query"`
	}
	if json.Unmarshal(raw, &u) != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.raw[u.ID] = raw
	if u.Message.ID != 0 {
		p.updates[u.Message.ID] = u.ID
	}
	if u.Press.ID != "" {
		p.presses[u.Press.ID] = u.ID
	}
}

// updateOf gives the update that brought a message; 0: it never set out.
func (p *points) updateOf(message int) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.updates[message]
}

// pressOf gives the update that brought a press; 0: it never set out.
func (p *points) pressOf(id string) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.presses[id]
}

// rawUpdates gives the updates that were on their way, in the order of their
// numbers.
func (p *points) rawUpdates() [][]byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make([][]byte, 0, len(p.raw))
	for _, id := range slices.Sorted(maps.Keys(p.raw)) {
		all = append(all, p.raw[id])
	}
	return all
}

// telegram puts the points around Telegram's stand-in.
func (p *points) telegram(inner http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		method := path.Base(r.URL.Path)
		if len(r.URL.Path) > 5 && r.URL.Path[:5] == "/file" {
			method = faketelegram.FileCall
		}
		p.at(before(method))
		if method == "getUpdates" {
			copied := &copier{ResponseWriter: w}
			inner.ServeHTTP(copied, r)
			p.noteBatch(copied.body.Bytes())
		} else {
			inner.ServeHTTP(w, r)
		}
		_ = http.NewResponseController(w).Flush() // so that the answer is on the wire; a caller that is gone is no error
		p.at(after(method))
	})
}

func (p *points) noteBatch(answer []byte) {
	var batch struct {
		Result []json.RawMessage `json:"result"`
	}
	if json.Unmarshal(answer, &batch) == nil {
		for _, raw := range batch.Result {
			p.note(raw)
		}
	}
}

// copier keeps a copy of an answer.
type copier struct {
	http.ResponseWriter
	body bytes.Buffer
}

func (c *copier) Write(b []byte) (int, error) {
	c.body.Write(b)
	return c.ResponseWriter.Write(b)
}

func (c *copier) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// service puts the points around the service's stand-in.
func (p *points) service(inner http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.at(mrzBegun)
		r.Body = &watched{ReadCloser: r.Body, p: p}
		inner.ServeHTTP(w, r)
		_ = http.NewResponseController(w).Flush()
		p.at(mrzAnswered)
	})
}

// watched is a body that tells how far it was read.
type watched struct {
	io.ReadCloser
	p           *points
	begun, done bool
}

func (b *watched) Read(to []byte) (int, error) {
	n, err := b.ReadCloser.Read(to)
	if n > 0 && !b.begun {
		b.begun = true
		b.p.at(mrzBody)
	}
	if err == io.EOF && !b.done {
		b.done = true
		b.p.at(mrzReceived)
	}
	return n, err
}

// door carries Telegram's updates to where the process listens now.
type door struct{ stage *stage }

func (d *door) RoundTrip(r *http.Request) (*http.Response, error) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	d.stage.note(raw)
	d.stage.at(doorBefore)
	resp, err := d.carry(r, raw)
	if err == nil && resp.StatusCode == http.StatusOK {
		d.stage.at(doorAfter)
	}
	return resp, err
}

// carry makes the request, if anybody listens.
func (d *door) carry(r *http.Request, raw []byte) (*http.Response, error) {
	if d.stage.front != nil {
		out := r.Clone(r.Context())
		out.Body = io.NopCloser(bytes.NewReader(raw))
		return d.stage.front.RoundTrip(out)
	}
	to, err := d.stage.webhook()
	if err != nil {
		return nil, err
	}
	out := r.Clone(r.Context())
	out.URL.Host, out.Host = to, to
	out.Body = io.NopCloser(bytes.NewReader(raw))
	return d.stage.wire.RoundTrip(out)
}
