package outbox

import (
	"context"
	"slices"
	"strings"

	"mrzbot/bot/health"
	"mrzbot/bot/people"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// causeBudget and the two causes of each budget.
const (
	causeBudget = "budget."
	causeNear   = causeBudget + "near."
	causeSpent  = causeBudget + "spent."
)

// Budget tells the admins when the budget of a day or of its month is nearly used,
// and when it is spent: each once, and again when it was changed, or was said to be
// over meanwhile. A photo that was begun before midnight says nothing of a budget that
// is over.
func (a *Alerts) Budget(ctx context.Context, day storage.Day, budget people.Budget, use storage.BudgetUse) {
	today := storage.DayOf(a.Now(), a.TimeZone)
	for _, b := range []struct {
		what, period string
		use, budget  int
	}{
		{"day", string(day), use.Day, budget.Day},
		{"month", string(day[:7]), use.Month, budget.Month},
	} {
		cause, light := causeNear+b.what, health.Yellow
		switch {
		case b.budget <= 0 || b.use*100 < b.budget*health.Nearly, !strings.HasPrefix(string(today), b.period):
			continue
		case b.use >= b.budget:
			cause, light = causeSpent+b.what, health.Red
		}
		stage := health.BudgetStage(b.period, b.budget)
		// Each photo comes by here, and a read is less than a change. Whoever knows that
		// it is spent need not hear that it is nearly so, because one was put back.
		if a.knows(ctx, stage, cause, causeSpent+b.what) {
			continue
		}
		args := text.Args{"Used": b.use, "Budget": b.budget}
		a.raise(ctx, alert{
			cause: cause, stage: stage, light: light, now: a.Now(),
			says: func(l text.Localizer) string { return l.Text("alert."+cause, args) },
		})
	}
}

// knows reports whether the admins have been told of a budget at that stage, by
// whichever process, and not that it is over since: this process may have seen neither.
func (a *Alerts) knows(ctx context.Context, stage string, causes ...string) bool {
	s, err := a.states(ctx)
	return err == nil && slices.ContainsFunc(causes, func(cause string) bool {
		o := s[cause]
		return o != nil && o.open() && o.Stage == stage
	})
}
