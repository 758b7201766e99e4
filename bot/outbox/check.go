package outbox

import (
	"context"
	"slices"
	"strings"
	"time"

	"mrzbot/bot/chat"
	"mrzbot/bot/health"
	"mrzbot/bot/outage"
	"mrzbot/bot/text"
)

// CheckButton is the verb of the button under an alert that looks again: behind it
// stands the cause.
const CheckButton = "check"

// checkPause is what lies between two looks at a cause: whoever taps again and again
// must not ask the service again and again.
const checkPause = 5 * time.Second

func checkButton(cause string) chat.Button {
	return chat.Button{Name: "button.check", Data: CheckButton + ":" + cause}
}

// Checked is what became of a press on "Check now".
type Checked int

// What can become of it.
const (
	CheckedNow  Checked = iota
	CheckedJust         // a moment ago; nothing was asked
	CheckedOld          // the button is no longer known
)

// Check looks again at the cause that a message of an admin's tells of, without
// spending anything, and makes what is to stand in its place.
func (w *Watch) Check(ctx context.Context, l text.Localizer, cause string, admin int64, message int) (m chat.Message, c Checked, err error) {
	w.noteWaiting(ctx)
	s, err := w.states(ctx)
	if err != nil {
		return m, c, outage.StoreError{Err: err}
	}
	o := s[cause]
	if o == nil || !slices.Contains(o.Messages[text.ID(admin)], message) {
		return m, CheckedOld, nil
	}
	now := w.Now()
	first, err := w.Store.RateLimit(ctx, "check:"+cause, now, 1, checkPause)
	if err != nil {
		return m, c, outage.StoreError{Err: err}
	}
	if !first {
		return m, CheckedJust, nil
	}
	asked := ofService(cause) || cause == causeSilent
	facts := w.Gather(ctx, asked)
	lines := about(health.Judge(facts, w.Now(), w.TimeZone), cause)
	if !ofService(cause) && !lit(lines) {
		w.settle(ctx, cause, lines)
	}
	return w.checked(ctx, l, cause, lines)
}

// settle closes a cause that a look finds over.
func (w *Watch) settle(ctx context.Context, cause string, lines []health.Line) {
	for _, line := range lines {
		_ = w.over(ctx, is(cause), func(v text.Localizer) string { return line.Name(v) + ": " + line.Says(v) })
	}
}

// checked makes the message: the cause and what the look found.
func (w *Watch) checked(ctx context.Context, l text.Localizer, cause string, lines []health.Line) (m chat.Message, c Checked, err error) {
	s, err := w.states(ctx)
	if err != nil {
		return m, c, outage.StoreError{Err: err}
	}
	now, o := w.Now(), s.of(cause)
	light, says := health.Green, ""
	switch {
	case ofService(cause) && !o.open():
		says = l.Text("alert.over", nil)
	case ofService(cause):
		light, says = health.Red, l.Text(alertText(cause), nil)
	}
	if o.open() {
		light = max(light, health.Yellow) // also when nothing is known now
	}
	var found []string
	for _, line := range lines {
		if !ofService(cause) {
			light = max(light, line.Light)
		}
		found = append(found, withMending(line, l))
	}
	if says != "" {
		found = slices.Insert(found, 0, says)
	}
	if o.Hits > 0 && o.open() {
		found = append(found, l.Count("alert.hits", o.Hits))
	}
	if !o.open() {
		found = append(found, w.lasted(l, *o, time.Unix(o.Over, 0)))
	}
	found = append(found, l.Text("alert.checked", text.Args{"At": now.In(w.TimeZone).Format("15:04:05")}))
	m.Text = light.Mark() + " " + strings.Join(found, "\n")
	if o.open() {
		m.Markup = chat.Buttons(l, checkButton(cause))
	}
	return m, CheckedNow, nil
}

// about picks the lines that a cause is about.
func about(lines []health.Line, cause string) []health.Line {
	matter := map[string]string{
		causeErrors: health.AboutWebhook, causeWebhook: health.AboutWebhook, causeTasks: health.AboutTasks, causeDisk: health.AboutDisk,
		causeClock: health.AboutClock, causeBackup: health.AboutBackup, causeSubscription: health.AboutSubscription,
	}[cause]
	switch {
	case ofService(cause), cause == causeSilent:
		matter = health.AboutService
	case strings.HasPrefix(cause, causeBudget):
		matter = health.AboutBudget
	}
	return slices.DeleteFunc(lines, func(l health.Line) bool {
		// Of the service only what its address answers: the cause is said already.
		return l.About != matter || strings.HasPrefix(l.Key, "alert.")
	})
}

// lit reports whether a line is not green.
func lit(lines []health.Line) bool {
	return slices.ContainsFunc(lines, func(l health.Line) bool { return l.Light != health.Green })
}
