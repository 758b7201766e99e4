package screen

import (
	"fmt"
	"strconv"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/bill"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// CalendarData is the data of a button that shows the month of a day, to choose days
// of it: for statistics ('s') or an export ('e'). first is the first day chosen, or "".
func CalendarData(what byte, month, first storage.Day) string {
	return fmt.Sprintf("%s:%c:%s:%s", CalendarButton, what, compact(month), compact(first))
}

// Calendar lets a first and a last day be chosen.
type Calendar struct {
	Localizer    text.Localizer
	What         byte        // as in CalendarData
	Month        storage.Day // a day of the month that is shown
	Chosen       storage.Day // the first day; "": to be chosen
	First, Today storage.Day // there is nothing before and after
}

// Words asks for the day that is to be chosen.
func (c Calendar) Words() string {
	if c.Chosen == "" {
		return c.Localizer.Text("days.first", nil)
	}
	return c.Localizer.Text("days.last", text.Args{"First": DaysName(c.Localizer, storage.Days{From: c.Chosen, To: c.Chosen})})
}

// Keyboard is the month, a row for each week.
func (c Calendar) Keyboard() *models.InlineKeyboardMarkup {
	month := bill.Month(c.Month)
	before, after := bill.Shift(month, -1), bill.Shift(month, 1)
	blank := models.InlineKeyboardButton{Text: "·", CallbackData: CalendarData(c.What, c.Month, c.Chosen)}
	head := []models.InlineKeyboardButton{blank, {Text: MonthName(c.Localizer, c.Month), CallbackData: blank.CallbackData}, blank}
	if before.To >= c.First {
		head[0] = models.InlineKeyboardButton{Text: "‹", CallbackData: CalendarData(c.What, before.From, c.Chosen)}
	}
	if after.From <= c.Today {
		head[2] = models.InlineKeyboardButton{Text: "›", CallbackData: CalendarData(c.What, after.From, c.Chosen)}
	}
	m := &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{head}}
	var week []models.InlineKeyboardButton
	for day := range bill.Each(storage.Days{From: bill.Week(month.From).From, To: bill.Week(month.To).To}) {
		b := blank
		if day >= month.From && day <= month.To && day >= max(c.First, c.Chosen) && day <= c.Today {
			t, _ := bill.Date(day)
			b = models.InlineKeyboardButton{Text: strconv.Itoa(t.Day()), CallbackData: c.pick(day)}
		}
		if week = append(week, b); len(week) == 7 {
			m.InlineKeyboard, week = append(m.InlineKeyboard, week), nil
		}
	}
	return m
}

// pick is the data of a day: the first one leads to the choice of the last.
func (c Calendar) pick(day storage.Day) string {
	days := storage.Days{From: c.Chosen, To: day}
	switch {
	case c.Chosen == "":
		return CalendarData(c.What, day, day)
	case c.What == 'e':
		return ExportData(days)
	default:
		return Stats{}.data(false, days, 0)
	}
}
