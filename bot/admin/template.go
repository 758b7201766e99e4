package admin

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"unicode"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/people"
	"mrzbot/bot/reply"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// templateExample is what /template shows as a beginning.
const templateExample = "/template {surname};{given_names};{birth_date};{document_number};{personal_number}"

// Template shows the team's line, sets it or takes it away. It stands under each
// answer as a button that copies it.
func (a *Admin) Template(ctx context.Context, req *reply.Request, _ reply.Command, m *models.Message) error {
	raw := argument(m.Text)
	switch {
	case raw == "":
		return a.showTemplate(ctx, req)
	case strings.EqualFold(raw, "off"):
		return a.putTemplate(ctx, req, nil, "off", new(text.Builder).Add(req.Localizer.Text("template.off", nil)))
	}
	t, err := screen.ParseTemplate(raw)
	if err != nil {
		return req.Send(ctx, wrongTemplate(req.Localizer, err))
	}
	line := t.Example(a.Now().In(a.TimeZone))
	if n := text.Units(line); n > chat.MaxCopy {
		return req.Reply(ctx, req.Localizer.Text("template.too_long", text.Args{"N": n, "Most": chat.MaxCopy}))
	}
	said := new(text.Builder).Line(req.Localizer.Text("template.set", nil)).Code(line)
	return a.putTemplate(ctx, req, []byte(raw), "set", said)
}

// argument is what stands behind a command, as it was written.
func argument(message string) string {
	i := strings.IndexFunc(message, unicode.IsSpace)
	if i < 0 {
		return ""
	}
	return strings.TrimSpace(message[i:])
}

// putTemplate stores the line, notes who did it and says so.
func (a *Admin) putTemplate(ctx context.Context, req *reply.Request, value []byte, done string, said *text.Builder) error {
	if overruled, err := a.overruled(ctx, req.Task, 0, people.AuditTemplate); err != nil {
		return err
	} else if overruled {
		return a.showTemplate(ctx, req)
	}
	entry := new(storage.AuditEntry)
	_, err := a.Store.ChangeSetting(ctx, screen.TemplateKey, func(old []byte) ([]byte, error) {
		*entry = storage.AuditEntry{}
		if !bytes.Equal(old, value) {
			*entry = storage.AuditEntry{At: a.Now(), By: req.Task.Person, Action: people.AuditTemplate, Detail: done}
		}
		return value, nil
	}, entry)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	return req.Send(ctx, said)
}

// showTemplate shows the present line and how to set another.
func (a *Admin) showTemplate(ctx context.Context, req *reply.Request) error {
	raw, err := a.Store.Setting(ctx, screen.TemplateKey)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	l := req.Localizer
	var r text.Builder
	if t, err := screen.ParseTemplate(string(raw)); err == nil {
		r.Line(l.Text("template.now", nil)).Code(string(raw)).Add("\n").
			Line(l.Text("template.example", nil)).Code(t.Example(a.Now().In(a.TimeZone))).Add("\n").Line(l.Text("template.usage.off", nil))
	} else {
		r.Line(l.Text("template.none", nil))
	}
	r.Add("\n").Line(l.Text("template.usage", nil)).Code(templateExample).Add("\n\n")
	return req.Send(ctx, addNames(&r, l))
}

// addNames lists the names that a template may hold.
func addNames(r *text.Builder, l text.Localizer) *text.Builder {
	r.Add(l.Text("template.names", nil))
	for _, name := range screen.TemplateFields() {
		r.Add(" ").Code("{" + name + "}")
	}
	return r
}

// wrongTemplate says what is wrong with a template, and what may stand in it.
func wrongTemplate(l text.Localizer, err error) *text.Builder {
	var r text.Builder
	wrong := new(screen.TemplateError)
	errors.As(err, &wrong)
	switch wrong.Problem {
	case "unknown":
		r.Line(l.Text("template.unknown", text.Args{"Name": "{" + text.CleanName(wrong.Name) + "}"}))
	case "brace":
		r.Line(l.Text("template.brace", nil))
	default:
		r.Line(l.Text("template.nothing", nil))
	}
	return addNames(&r, l)
}
