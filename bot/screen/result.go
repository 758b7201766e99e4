// Package screen makes what people see: it takes values and gives messages. It
// asks nobody and sends nothing.
package screen

import (
	"time"

	"mrzbot/bot/chat"
	"mrzbot/bot/outcome"
	"mrzbot/bot/text"
	"mrzbot/mrz"
	"mrzbot/storage"
)

// Answer is what became of a photo. Between a read and its reply it is kept,
// sealed, in this form.
type Answer struct {
	Code     outcome.Code   `json:"code"`
	Detail   outcome.Detail `json:"detail,omitempty"`
	Lang     string         `json:"lang"`
	Lines    []string       `json:"lines,omitempty"`
	Doubtful bool           `json:"doubtful,omitempty"`
	Restored []mrz.Change   `json:"restored,omitempty"` // how the lines were put right
	File     bool           `json:"file,omitempty"`     // it was sent as a file
	Anyway   bool           `json:"anyway,omitempty"`   // it went to the service whatever it looks like here
	Limit    int            `json:"limit,omitempty"`    // the person's, when it was held; 0: none
	Held     int64          `json:"held"`               // when that was, in Unix seconds
	// Whole: the service's lines were no MRZ, and Lines are those read here. Alike:
	// what no check digit protects was read twice alike. Decided are the characters
	// of Lines that the service has read differently, and for which check digits hold.
	Whole     bool         `json:"whole,omitempty"`
	Alike     bool         `json:"alike,omitempty"`
	Decided   []mrz.Repair `json:"decided,omitempty"`
	Questions []Question   `json:"questions,omitempty"`
	Thread    int          `json:"thread,omitempty"` // the topic the photo was sent in
	Date      int64        `json:"date,omitempty"`   // when Telegram had the photo, in Unix seconds
	// Album names the album that the photo is a part of, and Caption is what its sender
	// has written under it, or under the album.
	Album   string `json:"album,omitempty"`
	Caption string `json:"caption,omitempty"`
	// Unanswered is how many of the day's attempts have no answer, as it is when
	// the reply is written; 0 where that is not told.
	Unanswered int `json:"-"`
	// Choices are the ways that were chosen, a character for each question; "": none.
	Choices string `json:"-"`
}

// Photo is the reply to a photo.
type Photo struct {
	Answer
	Localizer text.Localizer
	Attempt   storage.Attempt
	Now       time.Time // in the time zone of the people
	Team      Template  // the team's line; the zero one: there is none
	// Mend is what the data of the buttons begins with that answer its questions;
	// "": it has no such buttons.
	Mend string
	// Typed are the fields that the person has corrected.
	Typed []mrz.Field
}

// Message makes the reply. Buttons that answer a question stand above those that
// copy.
func (p Photo) Message() chat.Message {
	var r text.Builder
	var m chat.Message
	if p.Caption != "" {
		r.Bold(p.Caption).Add("\n")
	}
	if p.Code != outcome.OK {
		p.outcome(&r)
	}
	if p.Mend != "" {
		m.AddRows(p.mendRows()...)
	}
	if p.Code == outcome.OK || len(p.Lines) > 0 {
		p.documents(&r, &m)
	}
	if p.Album == "" || len(p.Lines) == 0 {
		r.Add(p.Counted())
	}
	m.Text, m.Entities = r.String(), r.Entities
	return m
}

// Sound reports whether what was read needs no second look.
func (p Photo) Sound() bool {
	if p.Code != outcome.OK && len(p.Lines) == 0 {
		return false
	}
	for _, z := range parse(p.mended(), p.Now) {
		if len(p.findings(document{z, p.Localizer, p.Doubtful, p.Alike, p.asked()})) > 0 {
			return false
		}
	}
	return true
}

// outcome says what went wrong and what to do.
func (p Photo) outcome(r *text.Builder) {
	if code, detail, ok := outcome.StopFor(p.Detail); ok && p.Code == outcome.Unreadable {
		r.Line(p.Localizer.Text("outcome.unreadable.because", nil) + " " + p.outcomeText(code, detail))
		return
	}
	r.Line(p.outcomeText(p.Code, p.Detail))
}

// outcomeText is the text of an outcome: that of the detail, if it has one.
func (p Photo) outcomeText(code outcome.Code, detail outcome.Detail) string {
	name := "outcome." + string(code)
	if detailed := name + "." + string(detail); detail != outcome.DetailNone && p.Localizer.Has(detailed) {
		name = detailed
	}
	return p.Localizer.Text(name, text.Args{"Limit": p.Limit, "Unanswered": p.Unanswered})
}

// Counted says whether it counted, and how many there are today.
func (p Photo) Counted() string {
	if !p.Attempt.Counted {
		return p.Localizer.Text("not_counted", nil)
	}
	return Used(p.Localizer, storage.Count{Settled: p.Attempt.Number, Unanswered: p.Unanswered}, p.Limit)
}
