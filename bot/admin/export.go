package admin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/bill"
	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/reply"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// maxExport is the largest list of attempts that is sent, in bytes: a bot may upload
// 50 MB (Bot API, sending files), and rows may be added while it goes out.
const maxExport = 49 << 20

// errTooLong says that a list does not fit.
var errTooLong = errors.New("bot: the list is larger than can be sent")

// Export sends the attempts of some days as files; without days it asks for them.
func (a *Admin) Export(ctx context.Context, req *reply.Request, cmd reply.Command, _ *models.Message) error {
	if len(cmd.Args) > 0 {
		days, ok := a.typedDays(cmd.Args)
		if !ok {
			return req.Reply(ctx, req.Localizer.Text("export.usage", text.Args{"First": screen.DaysName(req.Localizer, dayOnly(a.firstDay()))}))
		}
		return a.export(ctx, req, days)
	}
	today, l := a.today(), req.Localizer
	key := func(name string, days storage.Days) models.InlineKeyboardButton {
		return models.InlineKeyboardButton{Text: l.Text(name, nil), CallbackData: screen.ExportData(days)}
	}
	return req.SendMessage(ctx, chat.Message{Text: l.Text("export.which", nil), Markup: &models.InlineKeyboardMarkup{
		InlineKeyboard: [][]models.InlineKeyboardButton{
			{key("stats.today", dayOnly(today)), key("stats.week", bill.Week(today)), key("stats.month", bill.Month(today))},
			{key("export.last_week", bill.Shift(bill.Week(today), -1)), key("export.last_month", bill.Shift(bill.Month(today), -1))},
			{{Text: l.Text("stats.days", nil), CallbackData: screen.CalendarData('e', today, "")}},
		},
	}})
}

// PressExport sends the attempts of the days that a button names.
func (a *Admin) PressExport(ctx context.Context, req *reply.Request, q *models.CallbackQuery, about string) error {
	first, last, _ := strings.Cut(about, ":")
	from, ok1 := screen.ReadDay(first)
	to, ok2 := screen.ReadDay(last)
	days := storage.Days{From: from, To: to}
	if !ok1 || !ok2 || !a.shownDays(days) {
		req.Toast(ctx, q, "button.old")
		return nil
	}
	req.Toast(ctx, q, "export.begun")
	return a.export(ctx, req, days)
}

// export sends the files: the days, the invoice's days, and every attempt. It may be
// done again when Telegram does not take one of them now.
func (a *Admin) export(ctx context.Context, req *reply.Request, days storage.Days) error {
	if req.Task.Pauses == 0 { // else it is written already
		if err := a.auditExport(ctx, req, string(days.From)+" "+string(days.To)); err != nil {
			return err
		}
	}
	totals, err := a.Store.DaySums(ctx, days.From, days.To)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	list := attempts{a, days, bill.File{Format: bill.FormatFor(req.Localizer.Lang), Price: a.Price, Zone: a.TimeZone}, a.Now()}
	sums, doubtful := bill.ByDay(days, totals), bill.Doubtful{}
	tooLong := false
	err = list.write(ctx, &counter{most: maxExport}, doubtful)
	if errors.Is(err, errTooLong) {
		tooLong, err = true, nil
	}
	if err != nil {
		return outage.StoreError{Err: err}
	}
	name := func(what string) string { return fmt.Sprintf("mrzbot-%s-%s-%s.csv", what, days.From, days.To) }
	caption := new(text.Builder).Bold(screen.DaysName(req.Localizer, days)).Add("\n").Add(screen.SumLine(req.Localizer, bill.SumAll(totals), a.Price))
	files := []struct {
		caption *text.Builder
		file    *chat.File
	}{
		{caption, rendered(name("days"), func(w io.Writer) error { return list.file.Days(w, sums) })},
		{said(req, "export.invoice"), rendered(name("invoice"), func(w io.Writer) error { return list.file.Invoice(w, sums, doubtful) })},
		{said(req, "export.attempts"), &chat.File{Name: name("attempts"), Open: list.open}},
	}
	if tooLong {
		files = files[:1]
	}
	for _, f := range files {
		if err := a.sendFile(ctx, req, f.caption, f.file); err != nil {
			return err
		}
	}
	if tooLong {
		return req.Reply(ctx, req.Localizer.Text("export.too_long", text.Args{"N": screen.Count(bill.SumAll(totals).Attempts)}))
	}
	return nil
}

func said(req *reply.Request, key string) *text.Builder {
	return new(text.Builder).Add(req.Localizer.Text(key, nil))
}

// rendered is a small file, made when it is sent.
func rendered(name string, write func(io.Writer) error) *chat.File {
	var b strings.Builder
	_ = write(&b) // a Builder takes everything
	return chat.BytesFile(name, []byte(b.String()))
}

// sendFile sends a file. Nothing of a card is in it, and it is for being handed on: it
// is not protected.
func (a *Admin) sendFile(ctx context.Context, req *reply.Request, caption *text.Builder, file *chat.File) error {
	_, _, err := req.Chat.Send(ctx, chat.Message{
		Chat: req.Task.Chat, Thread: req.Thread, Text: caption.String(), Entities: caption.Entities, Document: file,
	})
	if _, no := chat.Refused(err); no {
		return req.Reply(ctx, req.Localizer.Text("export.refused", nil))
	}
	return err
}

// attempts is the list of all attempts of some days, as a file that is made while it
// is sent.
type attempts struct {
	*Admin
	days  storage.Days
	file  bill.File
	until time.Time
}

// write writes the list, and keeps in doubtful the names of calls to be asked about.
func (l attempts) write(ctx context.Context, w io.Writer, doubtful bill.Doubtful) error {
	rows := bill.Rows(ctx, l.Store, l.days, l.TimeZone, l.until)
	if doubtful != nil {
		rows = doubtful.Collect(rows, l.TimeZone)
	}
	names := map[int64]string{}
	var failed error
	err := l.file.Attempts(w, until(rows, &failed), func(id int64) string {
		name, known := names[id]
		if !known && failed == nil {
			name, failed = l.nameOf(ctx, id)
			names[id] = name
		}
		return name
	})
	return errors.Join(failed, err)
}

// until gives rows as long as nothing has failed.
func until(rows iter.Seq2[storage.Entry, error], failed *error) iter.Seq2[storage.Entry, error] {
	return func(yield func(storage.Entry, error) bool) {
		for e, err := range rows {
			if *failed != nil || !yield(e, err) {
				return
			}
		}
	}
}

// open gives the list from its beginning, as it is read from the store.
func (l attempts) open(ctx context.Context) (io.ReadCloser, error) {
	r, w := io.Pipe()
	go func() { _ = w.CloseWithError(l.write(ctx, w, nil)) }()
	return r, nil
}

// counter counts bytes up to a bound.
type counter struct{ n, most int }

func (c *counter) Write(p []byte) (int, error) {
	if c.n += len(p); c.n > c.most {
		return 0, errTooLong
	}
	return len(p), nil
}
