package sandbox

import (
	"embed"
	"io/fs"
	"net"
	"net/http"
	"strconv"
	"time"
)

//go:embed page
var pageFiles embed.FS

// Character is a person one may be on the page.
type Character struct {
	Person
	Part string // "admin", "agent", "stranger": shown under the name
}

// Characters are the people of the sandbox unless others are given: an agent,
// an admin and a stranger. Whom the bot knows as what is the bot's settings' work.
func Characters() []Character {
	return []Character{
		{Person{ID: 700001, FirstName: "Aibek", LanguageCode: "ky"}, "agent"},
		{Person{ID: 700002, FirstName: "Gulnara", LanguageCode: "ru"}, "admin"},
		{Person{ID: 700003, FirstName: "Bakyt", LanguageCode: "en"}, "stranger"},
	}
}

// Sample is a drawn card one may send with a button.
type Sample struct {
	Name    string
	Picture func() ([]byte, error) // JPEG or PNG
}

// PageConfig is what the page shows. Telegram and People are needed.
type PageConfig struct {
	Telegram *Telegram
	MRZ      *MRZ // nil: the page offers no answers to choose from
	People   []Character
	Samples  []Sample
}

// Page serves the chat. It answers only to names of the loopback, so that no
// other site can reach it through a name that points here, and takes no
// requests made by other sites' pages.
type Page struct {
	cfg     PageConfig
	epoch   int64 // of this run: a page that reconnects to another run starts anew
	handler http.Handler
}

// NewPage makes the page.
func NewPage(cfg PageConfig) (*Page, error) {
	files, err := fs.Sub(pageFiles, "page")
	if err != nil {
		return nil, err
	}
	p := &Page{cfg: cfg, epoch: time.Now().UnixNano()}
	for _, c := range cfg.People {
		cfg.Telegram.AddPerson(c.Person)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(files))
	mux.HandleFunc("GET /api/setup", p.setup)
	mux.HandleFunc("GET /api/events", p.events)
	mux.HandleFunc("GET /api/file", p.file)
	mux.HandleFunc("POST /api/say", p.say)
	mux.HandleFunc("POST /api/upload", p.upload)
	mux.HandleFunc("POST /api/sample", p.sample)
	mux.HandleFunc("POST /api/press", p.press)
	mux.HandleFunc("POST /api/share", p.share)
	mux.HandleFunc("POST /api/other", p.other)
	mux.HandleFunc("POST /api/service", p.service)
	p.handler = http.NewCrossOriginProtection().Handler(mux)
	return p, nil
}

// ServeHTTP answers the browser.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	if !isLoopback(host) {
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

type pagePerson struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Part string `json:"part"`
}

type pageAnswer struct {
	Name  string `json:"name"`
	Label string `json:"label"`
}

func (p *Page) setup(w http.ResponseWriter, _ *http.Request) {
	setup := struct {
		Bot     string       `json:"bot"`
		BotName string       `json:"bot_name"`
		People  []pagePerson `json:"people"`
		Samples []string     `json:"samples"`
		Answers []pageAnswer `json:"answers"`
		Answer  string       `json:"answer"` // of the service now; empty: none of the list
	}{Bot: p.cfg.Telegram.bot.FirstName, BotName: p.cfg.Telegram.BotName(), Samples: []string{}, Answers: []pageAnswer{}}
	for _, c := range p.cfg.People {
		setup.People = append(setup.People, pagePerson{c.ID, c.Name(), c.Part})
	}
	for _, s := range p.cfg.Samples {
		setup.Samples = append(setup.Samples, s.Name)
	}
	if p.cfg.MRZ != nil {
		setup.Answer = p.cfg.MRZ.Usual().name
		for _, row := range mrzAnswers {
			if row.label != "" {
				setup.Answers = append(setup.Answers, pageAnswer{row.name, row.label})
			}
		}
	}
	writeJSON(w, http.StatusOK, setup)
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
	if looksLikePicture(data) {
		kind = http.DetectContentType(data)
	} else {
		w.Header().Set("Content-Disposition", "attachment")
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	_, _ = w.Write(data)
}
