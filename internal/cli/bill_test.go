package cli

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	fakemrz "mrzbot/sandbox/mrz"
	faketelegram "mrzbot/sandbox/telegram"
	"mrzbot/storage"
)

// files gives the files that somebody was sent, by the first words of their names.
func (b *bench) files(p faketelegram.Person) map[string][][]string {
	b.t.Helper()
	files := map[string][][]string{}
	for _, m := range b.telegram.Messages(p.ID) {
		if m.Kind != "document" || !m.FromBot {
			continue
		}
		data, ok := b.telegram.File(m.File.FileID)
		require.True(b.t, ok)
		body, ok := strings.CutPrefix(string(data), "\ufeff")
		require.True(b.t, ok, "a BOM first")
		r := csv.NewReader(strings.NewReader(body))
		if p.LanguageCode != "en" {
			r.Comma = ';'
		}
		rows, err := r.ReadAll()
		require.NoError(b.t, err)
		files[strings.Join(strings.Split(m.File.Name, "-")[:2], "-")] = rows
	}
	return files
}

// audits gives the audit's entries, oldest first, as action, by and detail.
func (b *bench) audits() (list []string) {
	entries, err := b.run.store.AuditEntries(b.t.Context(), 0, 100)
	require.NoError(b.t, err)
	for _, e := range slices.Backward(entries) {
		list = append(list, fmt.Sprint(e.Action, " ", e.By, " ", e.Detail))
	}
	return list
}

// TestExportFiles: the files say what happened, on both engines, whatever people are
// called, by the days of the bot's time zone, and each export is noted.
func TestExportFiles(t *testing.T) {
	onEngines(t, map[string]string{"PRICE": "24.50 KGS", "MRZ_TIMEOUT": "1s"}, func(b *bench) {
		b.start()
		bad := faketelegram.Person{ID: 2001, FirstName: "=HYPERLINK(\"x\")\n\u202e;+1", LanguageCode: "en"}
		b.telegram.Say(bad, "/start")
		b.telegram.Say(gulnara, "/allow 2001 =HYPERLINK(\"x\")\u202e;+1")
		b.quiet()
		b.jump(13*time.Hour + 30*time.Minute) // half past eleven at night in Bishkek
		b.photo(bad)
		b.quiet()
		b.jump(time.Hour) // the next day there, the same in UTC
		b.mrz.Answer(answering(b.t, "slow"))
		b.photo(gulnara)
		b.quiet()
		b.telegram.Say(gulnara, "/export 2026-11-23 2026-11-24")
		b.quiet()

		files := b.files(gulnara)
		require.Len(b.t, files, 3)
		require.Equal(b.t, "charged", files["mrzbot-days"][0][11])
		require.Equal(b.t, []string{"2026-11-23", "1", "1"}, files["mrzbot-days"][1][:3])
		require.Equal(b.t, []string{"1", "0", "0", "24.50", "0"}, files["mrzbot-days"][1][11:])
		require.Equal(b.t, []string{"0", "0", "1", "0", "24.50"}, files["mrzbot-days"][2][11:])
		require.Equal(b.t, []string{"2026-11-24", "0", "0", "1", "0", "24.50", "1", ""}, files["mrzbot-invoice"][2])
		list := files["mrzbot-attempts"]
		require.Len(b.t, list, 3)
		require.Equal(b.t, []string{"2026-11-23", "2026-11-24"}, []string{list[1][0], list[2][0]})
		require.True(b.t, strings.HasPrefix(list[1][1], "2026-11-23 23:3"), list[1][1])
		require.Equal(b.t, []string{"2001", `'=HYPERLINK("x") ;'+1`, "ok", "read", "yes", "yes"}, list[1][3:9])
		require.Equal(b.t, []string{"1001", "", "unknown", "perhaps", "yes", "perhaps"}, list[2][3:9])
		require.NotContains(b.t, fmt.Sprint(files), "TESTOV")
		require.Equal(b.t, []string{"allow 1001 ", "export 1001 2026-11-23 2026-11-24"}, b.audits())
	})
}

// TestExportInterrupted: an export that Telegram does not take now is made again, and
// noted once.
func TestExportInterrupted(t *testing.T) {
	b := reading(t, nil)
	b.start()
	b.photo(gulnara)
	b.quiet()
	b.telegram.Fail(faketelegram.Fault{Method: "sendDocument", Status: http.StatusTooManyRequests, RetryAfter: 2, Times: 1})
	b.telegram.Say(gulnara, "/export 23.11.2026")
	b.quiet()
	require.Len(t, b.files(gulnara), 3)
	require.Len(t, b.audits(), 1)
}

// TestForgedBillButtons: whatever a button's data says, nothing is shown of days that
// are not kept, nothing is set but by one press of the button that was shown, and
// nothing breaks.
func TestForgedBillButtons(t *testing.T) {
	b := reading(t, nil)
	b.start()
	b.telegram.Say(gulnara, "/budget 500 9000")
	b.telegram.Say(gulnara, "/stats")
	b.quiet()
	messages := b.telegram.Messages(gulnara.ID)
	last := messages[len(messages)-1].ID
	before := len(b.telegram.CallsOf("editMessageMedia"))
	for _, data := range []string{
		"stats", "stats:", "stats:d", "stats:d:20261123:20261123", "stats:d:20261123:20261123:-1", "stats:x:20261123:20261123:0",
		"stats:d:20261124:20261123:0", "stats:d:20000101:20261123:0", "stats:d:20000101:20000101:0", "stats:d:20261199:20261199:0",
		"stats:d:20271101:20271101:0", "stats:p:20261123:20261123:99999999999999999999", "stats:d:2026-11-:20261123:0", "stats:d:+2026112:20261123:0",
		"days", "days:s", "days:x:20261101:", "days:s:19990101:", "days:s:20261101:19990101", "days:s:20991101:", "days:s:20261101:20261101:1",
		"export", "export:", "export:20261124:20261123", "export:20000101:20000102", "export:20261123",
		"budget", "budget:", "budget:day+", "budget:day+:500", "budget:day+:500:9000:1", "budget:day+:-500:9000", "budget:day+:x:9000", "budget:all0:500:9000",
		"budget:day+:499:9000", "budget:month0:500:8999", "budget:undo:500:9000:1:1", "budget:undo:500:9000:1:1:1", "budget:undo:500:9000:99999999:1:99999999",
		"budget:day+:999999999999999999999:9000",
	} {
		query := b.telegram.PressForgotten(gulnara, last, data)
		b.quiet()
		answer, ok := b.telegram.Answer(query)
		require.True(t, ok, data)
		if strings.HasPrefix(data, "budget:") && strings.Contains(answer.Text, "another one by now") {
			continue // shown, and not set
		}
		require.Contains(t, answer.Text, "out of date", data)
	}
	require.Len(t, b.telegram.CallsOf("editMessageMedia"), before)
	require.Empty(t, b.files(gulnara))
	require.Equal(t, []string{"budget 1001 0 0 → 500 9000"}, b.audits())
}

// TestRevokedAdminsOldButtons: the buttons of somebody who no longer is an admin show
// and change nothing.
func TestRevokedAdminsOldButtons(t *testing.T) {
	b := reading(t, nil)
	b.start()
	role := func(role storage.Role) {
		_, err := b.run.store.ChangePerson(t.Context(), asel.ID, func(p *storage.Person) error {
			p.Role, p.Name = role, "Asel"
			return nil
		})
		require.NoError(t, err)
	}
	role(storage.RoleAdmin)
	for _, command := range []string{"/start", "/stats", "/budget 10 100", "/export"} {
		b.telegram.Say(asel, command)
		b.quiet()
	}
	type button struct {
		message int
		data    string
	}
	var old []button
	for _, m := range b.telegram.Messages(asel.ID) {
		for _, row := range m.Buttons {
			for _, k := range row {
				old = append(old, button{m.ID, k.Data})
			}
		}
	}
	require.Greater(t, len(old), 10)
	audits := b.audits()
	for _, r := range []storage.Role{storage.RoleAgent, storage.RoleNone} {
		role(r)
		edits := len(b.telegram.CallsOf("editMessageMedia")) + len(b.telegram.CallsOf("editMessageText"))
		for _, k := range old {
			b.telegram.PressForgotten(asel, k.message, k.data)
		}
		b.quiet()
		require.Equal(t, edits, len(b.telegram.CallsOf("editMessageMedia"))+len(b.telegram.CallsOf("editMessageText")), r)
	}
	require.Equal(t, audits, b.audits())
	require.Empty(t, b.files(asel))
}

// TestTwoAdminsSetTheBudget: of two who press at once one changes it, and the other
// is shown what it is.
func TestTwoAdminsSetTheBudget(t *testing.T) {
	b := reading(t, map[string]string{"ADMIN_IDS": "1001,7"})
	b.start()
	b.telegram.Say(gulnara, "/budget 100 1000")
	b.quiet()
	for _, p := range []faketelegram.Person{gulnara, asel} {
		b.telegram.Say(p, "/start")
		b.telegram.Say(p, "/budget")
	}
	b.quiet()
	var both sync.WaitGroup
	for _, p := range []faketelegram.Person{gulnara, asel} {
		messages := b.telegram.Messages(p.ID)
		both.Go(func() {
			_, err := b.telegram.Press(p, messages[len(messages)-1].ID, "Day +10 %")
			require.NoError(t, err)
		})
	}
	both.Wait()
	b.quiet()
	require.Len(t, b.audits(), 2)
	require.Contains(t, b.audits()[1], "100 1000 → 110 1000")
	for _, p := range []faketelegram.Person{gulnara, asel} {
		messages := b.telegram.Messages(p.ID)
		require.Contains(t, messages[len(messages)-1].Text, "Today: 0 of 110")
	}
}

// TestBudget: no more calls are made than the budget allows, on both engines, whoever
// sends at once; the admins are told once when it is nearly used and once when it is
// spent, and the next day goes on.
func TestBudget(t *testing.T) {
	onEngines(t, map[string]string{"DAILY_ATTEMPTS": "0"}, func(b *bench) {
		b.start()
		b.telegram.Say(gulnara, "/budget 5 6")
		b.quiet()
		for range 9 {
			b.photo(gulnara)
		}
		b.quiet()
		require.Equal(b.t, 5, b.mrz.Counts().Received)
		require.Equal(b.t, 4, b.saying(gulnara, "Today's budget of the whole team is used up"))
		require.Equal(b.t, 1, b.saying(gulnara, "Today's budget is spent: 5 of 5"))
		require.Equal(b.t, 1, b.saying(gulnara, "This month's budget is nearly used: 5 of 6"))
		b.jump(24 * time.Hour)
		b.photo(gulnara)
		b.photo(gulnara)
		b.quiet()
		require.Equal(b.t, 6, b.mrz.Counts().Received)
		require.Equal(b.t, 1, b.saying(gulnara, "This month's budget of the whole team is used up"))
		require.Equal(b.t, 1, b.saying(gulnara, "This month's budget is spent: 6 of 6"))

		b.telegram.Say(gulnara, "/budget 0 0")
		b.quiet()
		b.photo(gulnara)
		b.quiet()
		require.Equal(b.t, 7, b.mrz.Counts().Received)
		b.telegram.Say(gulnara, "/budget 0 7") // what was read without a budget is not forgotten
		b.quiet()
		b.photo(gulnara)
		b.quiet()
		require.Equal(b.t, 7, b.mrz.Counts().Received)
	})
}

// TestBudgetSetLate: a budget that is set when more was read already refuses the next
// photo at once, and the admins hear that it is spent.
func TestBudgetSetLate(t *testing.T) {
	onEngines(t, nil, func(b *bench) {
		b.start()
		for range 3 {
			b.photo(gulnara)
		}
		b.quiet()
		require.Equal(b.t, 3, b.mrz.Counts().Received)
		b.telegram.Say(gulnara, "/budget 2 0")
		b.quiet()
		require.Equal(b.t, 1, b.saying(gulnara, "Today: 3 of 2"))
		b.photo(gulnara)
		b.quiet()
		require.Equal(b.t, 3, b.mrz.Counts().Received)
		require.Equal(b.t, 1, b.saying(gulnara, "Today's budget of the whole team is used up"))
		require.Equal(b.t, 1, b.saying(gulnara, "Today's budget is spent: 3 of 2"))
	})
}

// TestBudgetGivesBack: what is surely not charged is put back.
func TestBudgetGivesBack(t *testing.T) {
	b := reading(t, nil)
	b.start()
	b.telegram.Say(gulnara, "/budget 1 0")
	b.quiet()
	b.mrz.Answer(answering(t, "bad_key"))
	for range 3 {
		b.photo(gulnara)
		b.quiet()
	}
	b.mrz.Answer(fakemrz.Lines(card...))
	b.photo(gulnara)
	b.photo(gulnara)
	b.quiet()
	require.Equal(t, 1, b.saying(gulnara, "1 of 50 today"))
	require.Equal(t, 1, b.saying(gulnara, "budget of the whole team is used up"))
}

// TestReport: the same figures on the machine, from the running bot and from its
// store, on both engines.
func TestReport(t *testing.T) {
	onEngines(t, map[string]string{"PRICE": "25 KGS"}, func(b *bench) {
		b.start()
		b.telegram.Say(gulnara, "/allow 7 @Asel")
		b.telegram.Say(asel, "/start")
		b.quiet()
		b.photo(asel)
		b.photo(gulnara)
		b.quiet()
		b.mrz.Answer(answering(b.t, "bad_key"))
		b.photo(asel)
		b.quiet()
		report := func(args ...string) string {
			b.t.Helper()
			code, out, errs := runAt(b.t, b.clock.now, "", b.environ, append([]string{"report"}, args...)...)
			require.Equal(b.t, exitFine, code, errs)
			return out
		}
		all := func() string {
			s := report() + report("--by", "person") + report("--by", "outcome")
			for _, by := range []string{"day", "person", "outcome"} {
				s += report("--by", by, "--csv") + report("--by", by, "--json")
			}
			return s
		}
		running := all()
		b.end()
		require.Equal(b.t, running, all())

		require.Regexp(b.t, `2026-11-23 +3 +2 +2 +1 +0 +50\x{a0}KGS +0\x{a0}KGS`, report())
		require.Regexp(b.t, `^day .*\n2026-11-23 .*\nall .*\n$`, report("--from", "2026-11-23"))
		require.Contains(b.t, report("--by", "person", "--csv"), "7,\"'@Asel\",2,1,")
		require.Contains(b.t, report("--by", "outcome", "--csv"), "bad_key,no,1\r\n")
		var got struct {
			From, To string
			All      struct{ Attempts, Charged int }
			Rows     []struct {
				Person int64
				Name   string
				Money  struct {
					Currency string
					Sure     int
				}
			}
		}
		require.NoError(b.t, json.Unmarshal([]byte(report("--by", "person", "--json")), &got))
		require.Equal(b.t, "2026-11-01 2026-11-23", got.From+" "+got.To)
		require.Equal(b.t, 3, got.All.Attempts)
		require.Equal(b.t, "@Asel KGS 25", fmt.Sprint(got.Rows[0].Name, " ", got.Rows[0].Money.Currency, " ", got.Rows[0].Money.Sure))
		for _, wrong := range [][]string{
			{"--from", "2026-11-24", "--to", "2026-11-23"}, {"--from", "yesterday"}, {"--to", "2026-02-30"}, {"--by", "week"}, {"--csv", "--json"}, {"--from", "2000-01-01"},
		} {
			code, _, says := runAt(b.t, b.clock.now, "", b.environ, append([]string{"report"}, wrong...)...)
			require.Equal(b.t, exitUsage, code, says)
		}
	})
}
