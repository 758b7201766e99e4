package admin

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/chat"
	"mrzbot/bot/reply"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// endless is a store whose ledger has a row for each microsecond of November.
type endless struct {
	Store
	rows, most int // how many were given, and at once
}

func (e *endless) Entries(_ context.Context, from, to time.Time, max int) (page []storage.Entry, err error) {
	for at := from; at.Before(to) && len(page) < max; at = at.Add(time.Microsecond) {
		page = append(page, storage.Entry{
			Task: "update:" + text.ID(at.UnixMicro()), Person: 7, Began: at, Ended: at, Day: "2026-11-02", Outcome: "ok", Counted: true, Charge: storage.ChargeYes,
			Session: "7b0c11aa-1111-2222-3333-444444444444",
		})
	}
	e.rows += len(page)
	e.most = len(page)
	return page, nil
}

func (e *endless) Person(context.Context, int64) (storage.Person, error) {
	return storage.Person{Name: "Айгүл"}, nil
}

func (e *endless) DaySums(context.Context, storage.Day, storage.Day) ([]storage.DayTotal, error) {
	return []storage.DayTotal{{Day: "2026-11-02", Outcome: "ok", Charge: storage.ChargeYes, Number: 86_400_000_000}}, nil
}

func (e *endless) AddAudit(context.Context, storage.AuditEntry) error { return nil }

// taking takes messages.
type taking struct {
	chat.API
	sent []string
}

func (c *taking) Send(ctx context.Context, m chat.Message) (chat.Sent, error) {
	said := m.Text
	if m.Document != nil {
		content, err := m.Document.Open(ctx)
		if err != nil {
			return chat.Sent{}, err
		}
		defer func() { _ = content.Close() }()
		n, err := io.Copy(io.Discard, content)
		if err != nil {
			return chat.Sent{}, err
		}
		said = fmt.Sprint(m.Document.Name, " ", n > 0)
	}
	c.sent = append(c.sent, said)
	return chat.Sent{ID: 1}, nil
}

// TestExportTooLong: a list that a bot may not send is not begun, not even in memory;
// the days go out all the same, with a word about what to do.
func TestExportTooLong(t *testing.T) {
	catalog, err := text.New()
	require.NoError(t, err)
	store, telegram := &endless{}, &taking{}
	a := &Admin{Store: store, Now: func() time.Time { return time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC) }, TimeZone: time.UTC}
	log := slog.New(slog.DiscardHandler)
	req := &reply.Request{
		Parts: &reply.Parts{Chat: &chat.Sender{API: telegram, Log: log}, Log: log}, Localizer: catalog.Localizer("en"), Task: storage.Task{ID: "update:1", Chat: 1},
	}
	require.NoError(t, a.export(t.Context(), req, storage.Days{From: "2026-11-02", To: "2026-11-02"}))
	require.Len(t, telegram.sent, 2)
	require.Equal(t, "mrzbot-days-2026-11-02-2026-11-02.csv true", telegram.sent[0])
	require.True(t, strings.HasPrefix(telegram.sent[1], "The list of all 86\u00a0400\u00a0000\u00a0000 attempts is larger than the 50 MB"), telegram.sent[1])
	require.Less(t, store.rows, 1_000_000, "it stops where it is too long")
	require.LessOrEqual(t, store.most, 1000)
}
