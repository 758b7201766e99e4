package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"mrzbot/sandbox/botapi"
)

const (
	// maxPageUpload is larger than what a bot may fetch, so that one can see
	// what it says then, and small enough to be held in memory.
	maxPageUpload = 50 << 20
	// maxPageJSON bounds the small requests of the page.
	maxPageJSON = 64 << 10
	// answerPatience is how long a pressed button shows that it works.
	answerPatience = 15 * time.Second
)

// order is every small request of the page.
type order struct {
	Person    int64   `json:"person"`
	Text      string  `json:"text"`
	ReplyTo   int     `json:"reply_to"`
	Message   int     `json:"message"`
	Button    int     `json:"button"`
	Sample    int     `json:"sample"`
	AsFile    bool    `json:"as_file"`
	RequestID int     `json:"request_id"`
	Users     []int64 `json:"users"`
	Answer    string  `json:"answer"`
	Kind      string  `json:"kind"`
}

// read takes an order and who gives it; false: it was refused.
func (p *Page) read(w http.ResponseWriter, r *http.Request) (order, Person, bool) {
	var o order
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxPageJSON)).Decode(&o); err != nil {
		http.Error(w, "cannot be understood", http.StatusBadRequest)
		return o, Person{}, false
	}
	who, ok := p.person(o.Person)
	if !ok {
		http.Error(w, "nobody here has this id", http.StatusNotFound)
	}
	return o, who, ok
}

func (p *Page) person(id int64) (Person, bool) {
	i := slices.IndexFunc(p.cfg.People, func(c Character) bool { return c.ID == id })
	if i < 0 {
		return Person{}, false
	}
	return p.cfg.People[i].Person, true
}

func (p *Page) say(w http.ResponseWriter, r *http.Request) {
	if o, who, ok := p.read(w, r); ok {
		p.cfg.Telegram.Say(who, o.Text, ReplyTo(o.ReplyTo))
		writeJSON(w, http.StatusOK, object{})
	}
}

// upload takes a picture or file as the body; the rest stands in the address.
func (p *Page) upload(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	id, _ := strconv.ParseInt(q.Get("person"), 10, 64) // nobody has the id 0
	who, ok := p.person(id)
	if !ok {
		http.Error(w, "nobody here has this id", http.StatusNotFound)
		return
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPageUpload))
	if err != nil {
		http.Error(w, "This file is too large to send.", http.StatusRequestEntityTooLarge)
		return
	}
	replyTo, _ := strconv.Atoi(q.Get("reply_to")) // 0: no reply
	p.send(w, who, data, sending{
		asFile: q.Get("as") == "file", name: q.Get("name"), mime: r.Header.Get("Content-Type"),
		caption: q.Get("caption"), replyTo: replyTo,
	})
}

type sending struct {
	asFile              bool
	name, mime, caption string
	replyTo             int
}

func (p *Page) send(w http.ResponseWriter, who Person, data []byte, s sending) {
	if s.asFile {
		p.cfg.Telegram.SendDocument(who, s.name, s.mime, data, s.caption, ReplyTo(s.replyTo))
	} else if _, err := p.cfg.Telegram.SendPhoto(who, data, s.caption, ReplyTo(s.replyTo)); err != nil {
		http.Error(w, "This cannot be sent as a photo. Send it as a file.", http.StatusUnprocessableEntity)
		return
	}
	writeJSON(w, http.StatusOK, object{})
}

func (p *Page) sample(w http.ResponseWriter, r *http.Request) {
	o, who, ok := p.read(w, r)
	if !ok {
		return
	}
	if o.Sample < 0 || o.Sample >= len(p.cfg.Samples) {
		http.Error(w, "there is no such sample", http.StatusNotFound)
		return
	}
	picture, err := p.cfg.Samples[o.Sample].Picture()
	if err != nil {
		http.Error(w, "This sample could not be drawn.", http.StatusInternalServerError)
		return
	}
	mime := http.DetectContentType(picture)
	name := "card.jpg"
	if mime == "image/png" {
		name = "card.png"
	}
	p.send(w, who, picture, sending{asFile: o.AsFile, name: name, mime: mime})
}

// press presses a button and waits a while for the bot's answer to it.
func (p *Page) press(w http.ResponseWriter, r *http.Request) {
	o, who, ok := p.read(w, r)
	if !ok {
		return
	}
	query, err := p.cfg.Telegram.PressIndex(who, o.Message, o.Button)
	if err != nil {
		http.Error(w, "This button is gone.", http.StatusConflict)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), answerPatience)
	defer cancel()
	var answer Answer
	err = p.cfg.Telegram.Wait(ctx, func() bool {
		given, ok := p.cfg.Telegram.Answer(query)
		answer = given
		return ok
	})
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return // the browser went away
	}
	writeJSON(w, http.StatusOK, object{"answered": err == nil, "text": answer.Text, "alert": answer.Alert})
}

func (p *Page) share(w http.ResponseWriter, r *http.Request) {
	o, who, ok := p.read(w, r)
	if !ok {
		return
	}
	var users []Person
	for _, id := range o.Users {
		if u, ok := p.person(id); ok {
			users = append(users, u)
		}
	}
	if len(users) == 0 || len(users) > botapi.MaxPickedUsers {
		http.Error(w, "Choose somebody.", http.StatusBadRequest)
		return
	}
	p.cfg.Telegram.ShareUsers(who, o.RequestID, users...)
	writeJSON(w, http.StatusOK, object{})
}

// other sends a contact, a location or whatever else SendOther knows.
func (p *Page) other(w http.ResponseWriter, r *http.Request) {
	o, who, ok := p.read(w, r)
	if !ok {
		return
	}
	if p.cfg.Telegram.SendOther(who, o.Kind) == 0 {
		http.Error(w, "this cannot be sent", http.StatusBadRequest)
		return
	}
	writeJSON(w, http.StatusOK, object{})
}

// service chooses what the MRZ service answers from now on.
func (p *Page) service(w http.ResponseWriter, r *http.Request) {
	o, _, ok := p.read(w, r)
	if !ok {
		return
	}
	answer, known := MRZAnswerNamed(o.Answer)
	if p.cfg.MRZ == nil || !known {
		http.Error(w, "there is no such answer", http.StatusNotFound)
		return
	}
	p.cfg.MRZ.Answer(answer)
	writeJSON(w, http.StatusOK, object{})
}
