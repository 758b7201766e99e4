package bot

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/health"
	"mrzbot/bot/people"
	"mrzbot/storage"
)

// budgetStep is how the budgets stand, when a photo is answered or somebody looks.
type budgetStep struct {
	after time.Duration // since the step before; 0: a minute
	photo bool          // otherwise a look
	of    storage.Day   // the day on which the photo was begun; "": today
	is    health.Budget
	hears string // what the admins hear; "": nothing
}

// TestBudgetWords: the last word of a budget is true, whichever process has said it: what
// was said to be over is told again, what only a photo without a charge has put back
// is not over, and a budget that is over is not spent.
func TestBudgetWords(t *testing.T) {
	spent, put, room := health.Budget{Day: 50, UsedDay: 50}, health.Budget{Day: 50, UsedDay: 49}, health.Budget{Day: 50, UsedDay: 39}
	const red, green = "🔴 Today's budget is spent: 50 of 50.", "🟢 Budget: 39 of 50 used today"
	both := func(day, month int) health.Budget {
		return health.Budget{Day: 50, UsedDay: day, Month: 100, UsedMonth: month}
	}
	for name, steps := range map[string][]budgetStep{
		"one is put back": {
			{photo: true, is: spent, hears: red}, {photo: true, is: spent}, {is: spent},
			{is: put}, {photo: true, is: put}, {photo: true, is: spent}, {is: spent},
		},
		"many are put back": {
			{photo: true, is: spent, hears: red}, {is: room, hears: green}, {is: room},
			{photo: true, is: put, hears: "🟡 Today's budget is nearly used: 49 of 50."}, {photo: true, is: spent, hears: red}, {photo: true, is: spent},
			{is: room, hears: green},
		},
		"nearly used, and not any more": {
			{photo: true, is: put, hears: "🟡 Today's budget is nearly used: 49 of 50."}, {is: room}, {photo: true, is: put}, {is: room},
		},
		"raised, and set back": {
			{photo: true, is: spent, hears: red}, {is: health.Budget{Day: 60, UsedDay: 50}, hears: "🟢 Budget: 50 of 60 used today"},
			{is: health.Budget{Day: 60, UsedDay: 50}}, {photo: true, is: spent, hears: red},
		},
		"changed, and still spent": {
			{photo: true, is: spent, hears: red}, {is: health.Budget{Day: 45, UsedDay: 50}},
			{photo: true, is: health.Budget{Day: 45, UsedDay: 50}, hears: "🔴 Today's budget is spent: 50 of 45."},
		},
		"none any more": {
			{photo: true, is: spent, hears: red}, {is: health.Budget{}, hears: "🟢 Budget: none"}, {photo: true, is: spent, hears: red},
		},
		"none of the day any more": {
			{photo: true, is: both(50, 50), hears: red}, {is: health.Budget{Month: 100, UsedMonth: 50}, hears: "🟢 Budget: 50 of 100 used this month"},
			{is: health.Budget{Month: 100, UsedMonth: 50}}, {photo: true, is: both(50, 50), hears: red},
		},
		"the next day": {
			{photo: true, is: spent, hears: red}, {after: 12 * time.Hour, is: health.Budget{Day: 50}, hears: "🟢 Budget: 0 of 50 used today"},
			{photo: true, of: "2026-11-23", is: spent}, {is: health.Budget{Day: 50}}, {photo: true, is: spent, hears: red},
		},
		"begun before midnight": {
			{after: 12 * time.Hour, photo: true, of: "2026-11-23", is: spent},
		},
		"the next day of a month that is spent": {
			{photo: true, is: both(50, 80), hears: red + "\n🟡 This month's budget is nearly used: 80 of 100."},
			{photo: true, is: both(50, 100), hears: "🔴 This month's budget is spent: 100 of 100."},
			{after: 12 * time.Hour, is: both(0, 100)}, {is: both(0, 100)},
			{after: 7 * 24 * time.Hour, is: both(0, 0), hears: "🟢 Budget: 0 of 100 used this month"},
		},
	} {
		for _, processes := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s, processes: %d", name, processes), func(t *testing.T) {
				o := newLookout(t)
				photos := o.Bot
				if processes == 2 {
					o.restart()
				}
				for i, step := range steps {
					o.now = o.now.Add(max(step.after, time.Minute))
					var heard []string
					if step.photo {
						day := step.of
						if day == "" {
							day = storage.DayOf(o.now, time.UTC)
						}
						photos.Alerts.Budget(t.Context(), day, people.Budget{Day: step.is.Day, Month: step.is.Month},
							storage.BudgetUse{Day: step.is.UsedDay, Month: step.is.UsedMonth})
						heard = o.sentTo(1)
					} else {
						o.facts.Budget = &step.is
						for _, m := range o.look(0) {
							if m.Chat == 1 {
								heard = append(heard, m.Text)
							}
						}
					}
					var wanted []string
					if step.hears != "" {
						wanted = strings.Split(step.hears, "\n")
					}
					require.Len(t, heard, len(wanted), "step %d: %q", i, heard)
					for j := range wanted {
						require.True(t, strings.HasPrefix(heard[j], wanted[j]), "step %d: %q", i, heard[j])
					}
				}
			})
		}
	}
}
