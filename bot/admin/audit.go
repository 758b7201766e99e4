package admin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/bill"
	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/reply"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// Audit shows who did what, the newest first.
func (a *Admin) Audit(ctx context.Context, req *reply.Request, _ reply.Command, _ *models.Message) error {
	m, err := a.auditPage(ctx, req, 0)
	if err != nil {
		return err
	}
	return req.SendMessage(ctx, m)
}

// TurnAudit shows another page.
func (a *Admin) TurnAudit(ctx context.Context, req *reply.Request, q *models.CallbackQuery, before string) error {
	seq, err := strconv.ParseUint(before, 10, 63)
	if err != nil {
		req.Toast(ctx, q, "button.old")
		return nil
	}
	m, err := a.auditPage(ctx, req, seq)
	if err != nil {
		return err
	}
	req.Toast(ctx, q, "")
	return req.Show(ctx, m)
}

func (a *Admin) auditPage(ctx context.Context, req *reply.Request, before uint64) (m chat.Message, err error) {
	entries, err := a.Store.AuditEntries(ctx, before, screen.AuditLength+1)
	if err != nil {
		return m, outage.StoreError{Err: err}
	}
	newest, err := a.Store.AuditEntries(ctx, 0, 1)
	if err != nil {
		return m, outage.StoreError{Err: err}
	}
	page := screen.Audit{Localizer: req.Localizer, TimeZone: a.TimeZone, More: len(entries) > screen.AuditLength}
	page.Entries = entries[:min(len(entries), screen.AuditLength)]
	page.Newest = len(entries) == 0 || entries[0].Seq == newest[0].Seq
	names := a.names(ctx, req)
	page.Name = names.of
	m = page.Message()
	return m, names.failed
}

// names finds the names of people, each once.
type names struct {
	find   func(int64) (string, error)
	known  map[int64]string
	failed error
}

func (a *Admin) names(ctx context.Context, req *reply.Request) *names {
	own := map[int64]string{req.Task.Person: text.DisplayName(req.From)}
	return &names{find: func(id int64) (string, error) { return a.nameOf(ctx, id) }, known: own}
}

func (n *names) of(id int64) string {
	name, known := n.known[id]
	if !known && id != 0 && n.failed == nil {
		name, n.failed = n.find(id)
		n.known[id] = name
	}
	return name
}

// auditExport notes that something was exported.
func (a *Admin) auditExport(ctx context.Context, req *reply.Request, what string) error {
	err := a.Store.AddAudit(ctx, storage.AuditEntry{At: a.Now(), By: req.Task.Person, Action: "export", Detail: what})
	if err != nil {
		return outage.StoreError{Err: err}
	}
	return nil
}

// ExportAudit sends all of the audit as a file.
func (a *Admin) ExportAudit(ctx context.Context, req *reply.Request, q *models.CallbackQuery, _ string) error {
	req.Toast(ctx, q, "export.begun")
	if req.Task.Pauses == 0 { // else it is written already
		if err := a.auditExport(ctx, req, "audit"); err != nil {
			return err
		}
	}
	var content bytes.Buffer
	bounded := io.MultiWriter(&counter{most: maxExport}, &content)
	names := a.names(ctx, req)
	file := bill.File{Format: bill.FormatFor(req.Localizer.Lang), Zone: a.TimeZone}
	err := file.Audit(bounded, a.auditEntries(ctx), names.of, func(action string) string { return screen.AuditAction(req.Localizer, action) })
	switch {
	case errors.Is(err, errTooLong): // the newest are there
	case errors.Join(err, names.failed) != nil:
		return outage.StoreError{Err: errors.Join(err, names.failed)}
	}
	name := fmt.Sprintf("mrzbot-audit-%s.csv", a.today())
	return a.sendFile(ctx, req, new(text.Builder).Add(req.Localizer.Text("audit.caption", nil)), chat.BytesFile(name, content.Bytes()))
}

// auditStep is how many entries are read at once.
const auditStep = 1000

// auditEntries gives all entries, the newest first.
func (a *Admin) auditEntries(ctx context.Context) iter.Seq2[storage.AuditEntry, error] {
	return func(yield func(storage.AuditEntry, error) bool) {
		for before := uint64(0); ; {
			entries, err := a.Store.AuditEntries(ctx, before, auditStep)
			if err != nil {
				yield(storage.AuditEntry{}, err)
				return
			}
			for _, e := range entries {
				if before = e.Seq; !yield(e, nil) {
					return
				}
			}
			if len(entries) < auditStep {
				return
			}
		}
	}
}
