package screen

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"io"
	"strings"
	"testing"

	"github.com/go-telegram/bot/models"
	"github.com/stretchr/testify/require"

	"mrzbot/bot/bill"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

func localizers(t *testing.T) (all []text.Localizer) {
	c, err := text.New()
	require.NoError(t, err)
	for _, lang := range []string{"en", "ru", "ky"} {
		if l := c.Localizer(lang); l.Lang == lang {
			all = append(all, l)
		}
	}
	return all
}

var month = bill.Month("2026-11-15")

// full is a month in which everything happened, and often.
func full(l text.Localizer, byPerson bool) Stats {
	s := Stats{Localizer: l, Price: bill.Price{Hundredths: 2550, Currency: "KGS"}, Days: month, Today: "2026-11-29", First: "2025-11-29", ByPerson: byPerson}
	var totals []storage.DayTotal
	for _, o := range []struct {
		outcome string
		charge  storage.Charge
	}{
		{"ok", "yes"}, {"local", "no"}, {"unreadable", "yes"}, {"unknown", "unknown"}, {"bad_key", "no"}, {"busy", "no"}, {"too_blurry", "no"},
		{"limit_reached", "no"}, {"internal", "no"},
	} {
		totals = append(totals, storage.DayTotal{Day: "2026-11-15", Person: 4_503_599_627_370_495, Outcome: o.outcome, Charge: o.charge, Number: 1_234_567})
	}
	s.Sum, s.Bars = bill.SumAll(totals), bill.ByDay(month, totals)
	if byPerson {
		s.Bars, s.From, s.All = nil, 4990, 5000
		for range StatsPage {
			s.People = append(s.People, StatsPerson{PersonSum: bill.ByPerson(totals)[0], Name: strings.Repeat("Ө", storage.MaxName)})
		}
	}
	return s
}

// TestStatsFit: whatever happened, a caption is one that Telegram takes, buttons too,
// and the sentence says all of it.
func TestStatsFit(t *testing.T) {
	for _, l := range localizers(t) {
		for _, byPerson := range []bool{false, true} {
			m := full(l, byPerson).Message()
			require.LessOrEqual(t, text.Units(m.Text), 1024, l.Lang)
			require.Contains(t, m.Text, "1\u00a0234\u00a0567")
			require.Contains(t, m.Text, "62\u00a0962\u00a0917\u00a0KGS", "charged: read and unreadable")
			require.Contains(t, m.Text, "94\u00a0444\u00a0375.50\u00a0KGS", "and perhaps")
			for _, row := range m.Markup.(*models.InlineKeyboardMarkup).InlineKeyboard {
				for _, key := range row {
					require.LessOrEqual(t, len(key.CallbackData), 64)
					require.NotEmpty(t, strings.TrimSpace(key.Text))
				}
			}
			content, err := m.Picture.Open(context.Background())
			require.NoError(t, err)
			data, err := io.ReadAll(content)
			require.NoError(t, err)
			_, err = png.Decode(bytes.NewReader(data))
			require.NoError(t, err)
		}
	}
}

// TestLongRangesByMonth: a bar for each day would be thinner than a pixel.
func TestLongRangesByMonth(t *testing.T) {
	days := storage.Days{From: "2025-11-29", To: "2026-11-29"}
	s := Stats{Localizer: localizers(t)[0], Days: days, Bars: bill.ByDay(days, []storage.DayTotal{
		{Day: "2026-01-01", Outcome: "ok", Charge: "yes", Number: 2}, {Day: "2026-01-31", Outcome: "ok", Charge: "yes", Number: 3},
	})}
	b := s.chart()
	require.Len(t, b.Labels, 13)
	require.Equal(t, "01.26", b.Labels[2])
	require.Equal(t, 5, b.Series[0].Values[2])
}

// TestCalendar: only days that are kept can be chosen, and the last not before the
// first.
func TestCalendar(t *testing.T) {
	c := Calendar{Localizer: localizers(t)[0], What: 's', Month: "2026-11-23", First: "2026-11-03", Today: "2026-11-23"}
	days := func(c Calendar) (list []string) {
		rows := c.Keyboard().InlineKeyboard
		for _, row := range rows[1:] {
			require.Len(t, row, 7)
			for _, key := range row {
				require.LessOrEqual(t, len(key.CallbackData), 64)
				if key.Text != "·" {
					list = append(list, key.Text+"="+key.CallbackData)
				}
			}
		}
		return list
	}
	first := days(c)
	require.Len(t, first, 21)
	require.Equal(t, "3=days:s:20261103:20261103", first[0])
	require.Equal(t, "·", c.Keyboard().InlineKeyboard[0][0].Text, "nothing is kept of October")
	c.Chosen = "2026-11-20"
	require.Equal(t, "20=stats:d:20261120:20261120:0 21=stats:d:20261120:20261121:0", strings.Join(days(c)[:2], " "))
	c.What = 'e'
	require.Equal(t, "20=export:20261120:20261120", days(c)[0])
}

func TestReadDay(t *testing.T) {
	for data, want := range map[string]storage.Day{"20261129": "2026-11-29", "20240229": "2024-02-29"} {
		d, ok := ReadDay(data)
		require.True(t, ok)
		require.Equal(t, want, d)
	}
	for _, wrong := range []string{"", "2026112", "202611291", "20261131", "2026-1-1", "+0261129", "２０２６", "20230229", "abcdefgh"} {
		_, ok := ReadDay(wrong)
		require.False(t, ok, wrong)
	}
}

func TestDaysName(t *testing.T) {
	l := localizers(t)[0]
	for want, days := range map[string]storage.Days{
		"November 2026": month, "29.11.2026": {From: "2026-11-29", To: "2026-11-29"}, "23.11–29.11.2026": {From: "2026-11-23", To: "2026-11-29"},
		"28.12.2026–03.01.2027": {From: "2026-12-28", To: "2027-01-03"},
	} {
		require.Equal(t, want, DaysName(l, days), fmt.Sprint(days))
	}
}
