package screen

import (
	"strconv"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/people"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// Verbs of the buttons under the audit. They change nothing.
const (
	AuditButton     = "audit"    // :before which entry the page begins; 0: with the newest
	AuditFileButton = "auditcsv" // all of it as a file
)

// AuditLength is how many entries fit one phone screen.
const AuditLength = 10

// Audit is a page of what was done, the newest first.
type Audit struct {
	Localizer text.Localizer
	Entries   []storage.AuditEntry
	Name      func(id int64) string // "" where none is known
	Newest    bool                  // the page begins with the newest
	More      bool                  // older ones follow
	TimeZone  *time.Location
}

// Message makes the page.
func (a Audit) Message() chat.Message {
	l := a.Localizer
	var r text.Builder
	if len(a.Entries) == 0 {
		return chat.Message{Text: l.Text("audit.none", nil)}
	}
	r.Line(l.Text("audit.head", nil))
	for _, e := range a.Entries {
		r.Add("\n").Add(e.At.In(a.TimeZone).Format("02.01.2006 15:04")).Add(" · ")
		if e.By == 0 {
			r.Line(l.Text("audit.program", nil))
		} else {
			a.who(&r, e.By)
			r.Add("\n")
		}
		r.Add(AuditAction(l, e.Action))
		if e.Person != 0 && e.Person != e.By {
			r.Add(": ")
			a.who(&r, e.Person)
		}
		if detail := a.detail(e); detail != "" {
			r.Add(" · " + detail)
		}
		r.Add("\n")
	}
	m := chat.Message{Text: r.String(), Entities: r.Entities}
	var row []models.InlineKeyboardButton
	key := func(name, data string) {
		row = append(row, models.InlineKeyboardButton{Text: l.Text(name, nil), CallbackData: data})
	}
	if !a.Newest { // numbers may be missing, and none is passed over
		key("audit.newer", AuditButton+":"+strconv.FormatUint(a.Entries[0].Seq+AuditLength+1, 10))
	}
	if a.More {
		key("audit.older", AuditButton+":"+strconv.FormatUint(a.Entries[len(a.Entries)-1].Seq, 10))
	}
	m.AddRows(row, chat.Row(l, chat.Button{Name: "audit.file", Data: AuditFileButton}))
	return m
}

// who names somebody by their name, or else by their id.
func (a Audit) who(r *text.Builder, id int64) {
	if name := a.Name(id); name != "" {
		r.Bold(name)
		return
	}
	r.Code(text.ID(id))
}

// AuditAction says what was done. Of an action that only another version knows it
// gives the code.
func AuditAction(l text.Localizer, action string) string {
	if name := "audit.do." + action; l.Has(name) {
		return l.Text(name, nil)
	}
	return text.CleanName(action)
}

// detail says what besides, as people read it.
func (a Audit) detail(e storage.AuditEntry) string {
	var said []string
	for _, word := range strings.Fields(e.Detail) {
		at, err := time.Parse(time.RFC3339, word)
		switch {
		case err == nil:
			word = at.In(a.TimeZone).Format("02.01.2006")
		case e.Action == people.AuditLimit && word == "default":
			word = a.Localizer.Text("audit.default", nil)
		case e.Action == people.AuditLimit && word == "0":
			word = a.Localizer.Text("audit.no_limit", nil)
		case e.Action == people.AuditUntil && word == "none":
			word = a.Localizer.Text("audit.no_end", nil)
		case e.Action == people.AuditRevoke || e.Action == "template":
			continue // codes that say nothing more
		}
		said = append(said, word)
	}
	return text.CleanName(strings.Join(said, " "))
}
