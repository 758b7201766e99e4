package scan

import (
	"context"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/outcome"
	"mrzbot/bot/people"
	"mrzbot/queue"
	"mrzbot/storage"
)

// budget gives the budgets that a photo is bounded by; counted is false when there
// are none: nobody has ever set one, or reading costs nothing.
func (s *Scanner) budget(ctx context.Context) (b people.Budget, counted bool, err error) {
	if !s.Reader.Paid() {
		return b, false, nil
	}
	return s.Budgets.Get(ctx)
}

// begin reserves an attempt, from the budgets too.
func (j *photoJob) begin(ctx context.Context) (storage.Attempt, error) {
	b := storage.Begin{Now: j.started, Day: storage.DayOf(j.started, j.TimeZone), Limit: j.People.Limit(j.person)}
	budget, counted, err := j.budget(ctx)
	if err != nil {
		return storage.Attempt{}, err
	}
	if counted {
		b.DayBudget, b.MonthBudget = budget.Bounds()
	}
	return j.Store.Begin(ctx, j.t, b)
}

// overBudget reports whether a budget is spent, so that a photo over it causes no
// download. Begin asks again, exactly.
func (j *photoJob) overBudget(ctx context.Context) (v queue.Verdict, over bool) {
	if !j.t.Attempt.Began.IsZero() {
		return v, false
	}
	detail, over, err := j.spentBudget(ctx, storage.DayOf(j.started, j.TimeZone))
	switch {
	case err != nil:
		return outage.StoreFailed(j.Log, j.Now(), j.t, "the budgets", err), true
	case over:
		return j.fail(ctx, &outcome.Failure{Code: outcome.OverBudget, Detail: detail}), true
	}
	return v, false
}

// spentBudget reports whether a budget is spent on a day, and which. The admins hear.
func (s *Scanner) spentBudget(ctx context.Context, day storage.Day) (which outcome.Detail, over bool, err error) {
	budget, counted, err := s.budget(ctx)
	if err != nil || !counted || budget == (people.Budget{}) {
		return which, false, err
	}
	use, err := s.Store.Budget(ctx, day)
	if err != nil {
		return which, false, err
	}
	if which, over = spent(budget, use); !over {
		return which, false, nil
	}
	// Before anybody is refused: it may have been raised a moment ago.
	if budget, _, err = s.Budgets.Fresh(ctx); err != nil {
		return which, false, err
	}
	if which, over = spent(budget, use); over {
		s.Alerts.Budget(ctx, day, budget, use)
	}
	return which, over, nil
}

// spent reports whether a budget is spent, and which.
func spent(budget people.Budget, use storage.BudgetUse) (which outcome.Detail, over bool) {
	switch {
	case budget.Month > 0 && use.Month >= budget.Month:
		return outcome.DetailMonth, true
	default:
		return outcome.DetailNone, budget.Day > 0 && use.Day >= budget.Day
	}
}

// watchBudget tells the admins when a budget is nearly used or spent, after a photo
// was answered: nobody waits for it.
func (j *photoJob) watchBudget(ctx context.Context) {
	budget, counted, err := j.budget(ctx)
	if err == nil && counted && budget != (people.Budget{}) {
		var use storage.BudgetUse
		if use, err = j.Store.Budget(ctx, j.t.Attempt.Day); err == nil {
			j.Alerts.Budget(ctx, j.t.Attempt.Day, budget, use)
		}
	}
	if err != nil {
		j.Log.Warn("budgets not watched", "update_id", chat.UpdateID(j.t), "error", err)
	}
}
