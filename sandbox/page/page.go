package page

import (
	"bytes"
	"embed"
	"io/fs"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"mrzbot/sandbox/journal"
	fakemrz "mrzbot/sandbox/mrz"
	faketelegram "mrzbot/sandbox/telegram"
	"mrzbot/sandbox/web"
)

//go:embed static
var static embed.FS

// Sample is a drawn card one may send with a button.
type Sample struct {
	Name    string
	Hint    string // what it is good for, in a few words
	Picture func(width int) ([]byte, error)
}

const (
	// sampleWidth is what phones send after Telegram's compression.
	sampleWidth = 1280
	// previewWidth is the width of a sample in the page's list.
	previewWidth = 320
	// maxCast bounds how many people may be on the page.
	maxCast = 24
)

// Config is what the page shows. Telegram, MRZ and People are needed.
type Config struct {
	Telegram *faketelegram.Server
	MRZ      *fakemrz.Server
	People   []Character
	Samples  []Sample
	Journal  *journal.Journal // nil: nothing is seen behind the chat
	Process  BotProcess       // nil: the page cannot kill the bot
	Demo     bool             // the demonstration begins with the first browser
}

// Page serves the chat. It answers only to names of the loopback, so that no
// other site can reach it through a name that points here, and takes no
// requests made by other sites' pages.
type Page struct {
	cfg      Config
	epoch    int64 // of this run: a page that reconnects to another run starts anew
	handler  http.Handler
	switches *switches
	demo     demo
	opening  opening
	previews []func() ([]byte, error)

	mu      sync.Mutex
	changed chan struct{} // closed at every change of what is below or of a switch
	people  []Character
}

// New makes the page.
func New(cfg Config) (*Page, error) {
	files, err := fs.Sub(static, "static")
	if err != nil {
		return nil, err
	}
	p := &Page{
		cfg: cfg, epoch: time.Now().UnixNano(), switches: newSwitches(cfg.Telegram, cfg.MRZ),
		changed: make(chan struct{}), people: slices.Clone(cfg.People),
		demo: demo{wanted: make(chan string, 1)}, opening: opening{wanted: make(chan faketelegram.Person, 1)},
	}
	for _, c := range cfg.People {
		cfg.Telegram.AddPerson(c.Person)
		if c.Part != PartStranger {
			cfg.Telegram.Acquaint(c.Person)
		}
	}
	for _, s := range cfg.Samples {
		p.previews = append(p.previews, sync.OnceValues(func() ([]byte, error) { return s.Picture(previewWidth) }))
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(files))
	mux.HandleFunc("GET /api/setup", p.setup)
	mux.HandleFunc("GET /api/events", p.events)
	mux.HandleFunc("GET /api/file", p.file)
	mux.HandleFunc("GET /api/preview", p.preview)
	for name, handler := range p.orders() {
		mux.HandleFunc("POST /api/"+name, handler)
	}
	p.handler = http.NewCrossOriginProtection().Handler(mux)
	return p, nil
}

// ServeHTTP answers the browser.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	if !web.IsLoopback(host) {
		http.Error(w, "this page answers on this computer only", http.StatusMisdirectedRequest)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	p.handler.ServeHTTP(w, r)
}

// touch wakes the browsers. The caller does not hold mu.
func (p *Page) touch() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.changed)
	p.changed = make(chan struct{})
}

// cast is everybody on the page, and what is closed when that or a switch
// changes.
func (p *Page) cast() ([]Character, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.people), p.changed
}

func (p *Page) person(id int64) (faketelegram.Person, bool) {
	people, _ := p.cast()
	i := slices.IndexFunc(people, func(c Character) bool { return c.ID == id })
	if i < 0 {
		return faketelegram.Person{}, false
	}
	return people[i].Person, true
}

type shownSample struct {
	Name string `json:"name"`
	Hint string `json:"hint"`
}

// setup is what does not change while the sandbox runs, and whose phone a
// browser of that language shows first.
func (p *Page) setup(w http.ResponseWriter, r *http.Request) {
	samples := []shownSample{}
	for _, s := range p.cfg.Samples {
		samples = append(samples, shownSample{s.Name, s.Hint})
	}
	web.WriteJSON(w, http.StatusOK, map[string]any{
		"bot": p.cfg.Telegram.BotFirstName(), "bot_name": p.cfg.Telegram.BotName(), "samples": samples,
		"first": p.first(languageOf(r)).ID, "journal": p.cfg.Journal != nil, "process": p.cfg.Process != nil,
	})
}

// file is a picture or file of a message. Only pictures are shown; everything
// else is saved, whatever its sender called it.
func (p *Page) file(w http.ResponseWriter, r *http.Request) {
	data, ok := p.cfg.Telegram.File(r.URL.Query().Get("id"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	kind := "application/octet-stream"
	if web.IsPicture(data) {
		kind = http.DetectContentType(data)
	} else {
		w.Header().Set("Content-Disposition", "attachment")
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	_, _ = w.Write(data)
}

// preview is a small picture of a sample, drawn when it is first asked for.
func (p *Page) preview(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.URL.Query().Get("sample"))
	if err != nil || n < 0 || n >= len(p.previews) {
		http.NotFound(w, r)
		return
	}
	picture, err := p.previews[n]()
	if err != nil {
		http.Error(w, "This sample could not be drawn.", http.StatusInternalServerError)
		return
	}
	http.ServeContent(w, r, "preview.jpg", time.Time{}, bytes.NewReader(picture))
}
