package people

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"

	"mrzbot/storage"
)

// budgetKey is the setting that holds the budgets: "DAY MONTH".
const budgetKey = "budget"

// budgetFor is how long a process believes that the budgets are what they were: a
// photo costs no look at them. What was taken from them is asked at every Begin.
const budgetFor = 5 * time.Second

// Budget is how many attempts of a day and of a month all people have together; 0:
// no bound.
type Budget struct{ Day, Month int }

func (b Budget) String() string { return fmt.Sprintf("%d %d", b.Day, b.Month) }

// parseBudget reads the setting; was is false when there has never been a budget.
func parseBudget(raw []byte) (b Budget, was bool) {
	day, month, _ := strings.Cut(string(raw), " ")
	b.Day, _ = strconv.Atoi(day)
	b.Month, _ = strconv.Atoi(month)
	return b, raw != nil
}

// uncounted is more than anybody photographs: what is taken is counted all the same.
const uncounted = math.MaxInt32

// Bounds gives the budgets for Begin. A budget that was taken away goes on being
// counted, so that one that is set again knows what was taken meanwhile.
func (b Budget) Bounds() (day, month int) {
	return cmp.Or(b.Day, uncounted), cmp.Or(b.Month, uncounted)
}

// Budgets is the budgets that all people share.
type Budgets struct {
	Store storage.Settings
	Now   func() time.Time

	mu   sync.Mutex
	last Budget
	was  bool      // there was ever one
	at   time.Time // when it was read; zero: never
}

// Get gives the budgets, as they were some seconds ago at most; was is false when
// there has never been one, so that nothing is counted.
func (s *Budgets) Get(ctx context.Context) (b Budget, was bool, err error) {
	now := s.Now()
	s.mu.Lock()
	last, was, at := s.last, s.was, s.at
	s.mu.Unlock()
	if since := now.Sub(at); !at.IsZero() && since >= 0 && since < budgetFor {
		return last, was, nil
	}
	return s.Fresh(ctx)
}

// Fresh gives the budgets as they are.
func (s *Budgets) Fresh(ctx context.Context) (b Budget, was bool, err error) {
	raw, err := s.Store.Setting(ctx, budgetKey)
	if err != nil {
		return b, false, err
	}
	b, was = s.note(raw)
	return b, was, nil
}

// Change sets the budgets to what change makes of them, as one step against others;
// ok is false when it leaves them as they are, and now is what they are then.
func (s *Budgets) Change(ctx context.Context, by int64, change func(Budget) (Budget, bool)) (was, now Budget, ok bool, err error) {
	entry := new(storage.AuditEntry)
	raw, err := s.Store.ChangeSetting(ctx, budgetKey, func(old []byte) ([]byte, error) {
		was, _ = parseBudget(old)
		*entry = storage.AuditEntry{}
		var next Budget
		if next, ok = change(was); !ok {
			return old, nil
		}
		if next != was {
			*entry = storage.AuditEntry{At: s.Now(), By: by, Action: AuditBudget, Detail: was.String() + between + next.String()}
		}
		return []byte(next.String()), nil
	}, entry)
	if err != nil {
		return was, now, false, err
	}
	now, _ = s.note(raw)
	return was, now, ok, nil
}

func (s *Budgets) note(raw []byte) (Budget, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last, s.was = parseBudget(raw)
	s.at = s.Now()
	return s.last, s.was
}
