package page

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
	"unicode/utf16"

	"mrzbot/sandbox/botapi"
	"mrzbot/sandbox/journal"
	faketelegram "mrzbot/sandbox/telegram"
	"mrzbot/sandbox/web"
)

const (
	// maxUpload is larger than what a bot may fetch, so that one can see
	// what it says then, and small enough to be held in memory.
	maxUpload = 50 << 20
	// maxJSON bounds the small requests of the page.
	maxJSON = 64 << 10
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
	Album     string  `json:"album"`
	RequestID int     `json:"request_id"`
	Users     []int64 `json:"users"`
	Whose     int64   `json:"whose"`
	Kind      string  `json:"kind"`
	Name      string  `json:"name"`
	Language  string  `json:"language"`
	On        bool    `json:"on"`
}

// orders is what the page can ask for, by name.
func (p *Page) orders() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"say": p.say, "upload": p.upload, "sample": p.sample, "press": p.press, "share": p.share, "contact": p.contact,
		"forward": p.forward, "other": p.other, "block": p.block, "join": p.join,
		"service": p.service, "switch": p.turn, "mend": p.mend, "kill": p.kill, "down": p.down, "demo": p.perform,
	}
}

// read takes an order and who gives it; false: it was refused.
func (p *Page) read(w http.ResponseWriter, r *http.Request) (order, faketelegram.Person, bool) {
	o, ok := decodeOrder(w, r)
	if !ok {
		return o, faketelegram.Person{}, false
	}
	who, ok := p.person(o.Person)
	if !ok {
		http.Error(w, "nobody here has this id", http.StatusNotFound)
	}
	return o, who, ok
}

func decodeOrder(w http.ResponseWriter, r *http.Request) (order, bool) {
	var o order
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxJSON)).Decode(&o); err != nil {
		http.Error(w, "cannot be understood", http.StatusBadRequest)
		return o, false
	}
	return o, true
}

func done(w http.ResponseWriter) { web.WriteJSON(w, http.StatusOK, map[string]any{}) }

func (p *Page) say(w http.ResponseWriter, r *http.Request) {
	o, who, ok := p.read(w, r)
	if !ok {
		return
	}
	for _, text := range pieces(o.Text, botapi.MaxText) {
		p.cfg.Telegram.Say(who, text, faketelegram.ReplyTo(o.ReplyTo))
	}
	done(w)
}

// pieces cuts a text as the apps do that is longer than a message may be.
func pieces(text string, limit int) (list []string) {
	units, from := 0, 0
	for at, r := range text {
		if units += utf16.RuneLen(r); units > limit {
			list = append(list, text[from:at])
			units, from = utf16.RuneLen(r), at
		}
	}
	return append(list, text[from:])
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
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpload))
	if err != nil {
		http.Error(w, "This file is too large to send.", http.StatusRequestEntityTooLarge)
		return
	}
	replyTo, _ := strconv.Atoi(q.Get("reply_to")) // 0: no reply
	p.send(w, who, data, sending{
		asFile: q.Get("as") == "file", name: q.Get("name"), mime: r.Header.Get("Content-Type"),
		caption: q.Get("caption"), album: q.Get("album"), replyTo: replyTo,
	})
}

type sending struct {
	asFile              bool
	name, mime, caption string
	album               string
	replyTo             int
}

func (p *Page) send(w http.ResponseWriter, who faketelegram.Person, data []byte, s sending) {
	options := []faketelegram.Option{faketelegram.ReplyTo(s.replyTo), faketelegram.InAlbum(journal.Shorten(s.album, maxNameLength))}
	if s.asFile {
		p.cfg.Telegram.SendDocument(who, s.name, s.mime, data, s.caption, options...)
	} else if _, err := p.cfg.Telegram.SendPhoto(who, data, s.caption, options...); err != nil {
		http.Error(w, "This cannot be sent as a photo. Send it as a file.", http.StatusUnprocessableEntity)
		return
	}
	done(w)
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
	picture, err := p.cfg.Samples[o.Sample].Picture(sampleWidth)
	if err != nil {
		http.Error(w, "This sample could not be drawn.", http.StatusInternalServerError)
		return
	}
	p.send(w, who, picture, sending{asFile: o.AsFile, name: "card.jpg", mime: "image/jpeg", album: o.Album, replyTo: o.ReplyTo})
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
	var answer faketelegram.Answer
	err = p.cfg.Telegram.Wait(ctx, func() bool {
		given, ok := p.cfg.Telegram.Answer(query)
		answer = given
		return ok
	})
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return // the browser went away
	}
	web.WriteJSON(w, http.StatusOK, map[string]any{"answered": err == nil, "text": answer.Text, "alert": answer.Alert})
}

// other sends a location, a sticker or whatever else SendOther knows.
func (p *Page) other(w http.ResponseWriter, r *http.Request) {
	o, who, ok := p.read(w, r)
	if !ok {
		return
	}
	if p.cfg.Telegram.SendOther(who, o.Kind) == 0 {
		http.Error(w, "this cannot be sent", http.StatusBadRequest)
		return
	}
	done(w)
}
