package admin

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/bill"
	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/people"
	"mrzbot/bot/reply"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
)

// maxBudget is the largest budget an admin can set: more is a slip.
const maxBudget = 10_000_000

// BudgetButton is the verb of the buttons under the budgets: what to do, and the
// budgets that the button was shown with. It does it only while they are still these,
// so a press that comes twice or late changes nothing.
const BudgetButton = "budget"

// Budget shows the budgets of all people together, or sets them.
func (a *Admin) Budget(ctx context.Context, req *reply.Request, cmd reply.Command, _ *models.Message) error {
	if len(cmd.Args) == 0 {
		b, _, err := a.Budgets.Fresh(ctx)
		if err != nil {
			return outage.StoreError{Err: err}
		}
		m, err := a.budget(ctx, req, b, nil)
		if err != nil {
			return err
		}
		return req.SendMessage(ctx, m)
	}
	next, ok := typedBudget(cmd.Args)
	if !ok {
		return req.Reply(ctx, req.Localizer.Text("budget.usage", nil))
	}
	overruled, err := a.overruled(ctx, req.Task, 0, people.AuditBudget)
	if err != nil {
		return err
	}
	m, _, err := a.changeBudget(ctx, req, func(people.Budget) (people.Budget, bool) { return next, !overruled })
	if err != nil {
		return err
	}
	return req.SendMessage(ctx, m)
}

func typedBudget(args []string) (b people.Budget, ok bool) {
	if len(args) != 2 {
		return b, false
	}
	day, ok1 := readBudget(args[0])
	month, ok2 := readBudget(args[1])
	return people.Budget{Day: day, Month: month}, ok1 && ok2
}

func readBudget(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && text.AllDigits(s) && n <= maxBudget
}

// changeBudget sets the budgets to what change makes of them, and makes the
// message that says so; changed is false when change left them as they are.
func (a *Admin) changeBudget(ctx context.Context, req *reply.Request, change func(people.Budget) (people.Budget, bool)) (m chat.Message, changed bool, err error) {
	was, now, changed, err := a.Budgets.Change(ctx, req.Person.ID, change)
	if err != nil {
		return m, false, outage.StoreError{Err: err}
	}
	var before *people.Budget
	if changed && was != now {
		before = &was
	}
	m, err = a.budget(ctx, req, now, before)
	return m, changed, err
}

// PressBudget does what a button says. about is what to do, and numbers: the budgets
// it was shown with, and to take a change back also those before and until when.
func (a *Admin) PressBudget(ctx context.Context, req *reply.Request, q *models.CallbackQuery, about string) error {
	f := strings.Split(about, ":")
	var n []int
	for _, word := range f[1:] {
		if v, err := strconv.Atoi(word); err == nil && text.AllDigits(word) {
			n = append(n, v)
		}
	}
	next, ok := pressedBudget(f[0], n, a.Now())
	if !ok || len(n) != len(f)-1 || next.Day > maxBudget || next.Month > maxBudget {
		req.Toast(ctx, q, "button.old")
		return nil
	}
	shown := people.Budget{Day: n[0], Month: n[1]}
	done, err := a.carriedOut(ctx, req.Task, 0, people.AuditBudget) // then it is worked again
	if err != nil {
		return err
	}
	m, changed, err := a.changeBudget(ctx, req, func(now people.Budget) (people.Budget, bool) { return next, now == shown && !done })
	if err != nil {
		return err
	}
	if changed {
		req.Toast(ctx, q, "")
	} else {
		req.Toast(ctx, q, "budget.changed_before")
	}
	return req.Show(ctx, m)
}

// pressedBudget is what a button makes of the budgets that it was shown with.
func pressedBudget(do string, n []int, now time.Time) (next people.Budget, ok bool) {
	if len(n) < 2 {
		return next, false
	}
	next = people.Budget{Day: n[0], Month: n[1]}
	switch {
	case do == "day+" && len(n) == 2:
		next.Day = tenthMore(next.Day)
	case do == "month+" && len(n) == 2:
		next.Month = tenthMore(next.Month)
	case do == "day0" && len(n) == 2:
		next.Day = 0
	case do == "month0" && len(n) == 2:
		next.Month = 0
	case do == "undo" && len(n) == 5 && now.Before(time.Unix(int64(n[4])*60, 0)):
		next = people.Budget{Day: n[2], Month: n[3]}
	default:
		return next, false
	}
	return next, true
}

// tenthMore is a budget and a tenth of it, at least one more.
func tenthMore(n int) int { return n + max((n+5)/10, 1) }

// budget makes the message about the budgets, with what is used. before is what they
// were before a change that can be taken back; nil: there was none.
func (a *Admin) budget(ctx context.Context, req *reply.Request, b people.Budget, before *people.Budget) (chat.Message, error) {
	l, today := req.Localizer, a.today()
	use, err := a.Store.Budget(ctx, today)
	if err != nil {
		return chat.Message{}, outage.StoreError{Err: err}
	}
	month := bill.Month(today)
	totals, err := a.Store.DaySums(ctx, month.From, month.To)
	if err != nil {
		return chat.Message{}, outage.StoreError{Err: err}
	}
	// Before the first attempt under a budget nothing is counted as taken from it.
	var ofMonth bill.Sum
	for _, d := range bill.ByDay(month, totals) {
		if ofMonth = ofMonth.Plus(d.Sum); d.Day == today {
			use.Day = max(use.Day, d.Charged+d.Perhaps)
		}
	}
	use.Month = max(use.Month, ofMonth.Charged+ofMonth.Perhaps)

	r := new(text.Builder).Line(l.Text("budget", nil))
	r.Line(a.budgetLine(l, "budget.day", use.Day, b.Day)).Line(a.budgetLine(l, "budget.month", use.Month, b.Month))
	r.Add("\n").Add(l.Text("budget.usage", nil))
	m := chat.Message{Text: r.String(), Entities: r.Entities}
	m.Markup = budgetKeys(l, b, before, a.Now())
	return m, nil
}

// budgetLine says what is used, in money too where the price is known.
func (a *Admin) budgetLine(l text.Localizer, key string, used, budget int) string {
	args := text.Args{"Used": screen.Count(used), "Budget": screen.Count(budget)}
	if budget == 0 {
		key += ".none"
	}
	line := l.Text(key, args)
	switch {
	case a.Price.Known() && budget > 0:
		line += " (" + l.Text("budget.money", text.Args{"Used": a.Price.Of(used), "Budget": a.Price.Of(budget)}) + ")"
	case a.Price.Known():
		line += " (" + a.Price.Of(used) + ")"
	}
	return line
}

func budgetKeys(l text.Localizer, b people.Budget, before *people.Budget, now time.Time) models.ReplyMarkup {
	key := func(name, do string) models.InlineKeyboardButton {
		return models.InlineKeyboardButton{Text: l.Text(name, nil), CallbackData: fmt.Sprintf("%s:%s:%d:%d", BudgetButton, do, b.Day, b.Month)}
	}
	m := &models.InlineKeyboardMarkup{}
	if b.Day > 0 {
		m.InlineKeyboard = append(m.InlineKeyboard, []models.InlineKeyboardButton{key("budget.day.more", "day+"), key("budget.day.off", "day0")})
	}
	if b.Month > 0 {
		m.InlineKeyboard = append(m.InlineKeyboard, []models.InlineKeyboardButton{key("budget.month.more", "month+"), key("budget.month.off", "month0")})
	}
	if before != nil {
		undo := key("button.undo", "undo")
		undo.CallbackData += fmt.Sprintf(":%d:%d:%d", before.Day, before.Month, now.Add(undoFor).Unix()/60)
		m.InlineKeyboard = append(m.InlineKeyboard, []models.InlineKeyboardButton{undo})
	}
	if len(m.InlineKeyboard) == 0 {
		return nil
	}
	return m
}
