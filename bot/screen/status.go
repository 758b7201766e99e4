package screen

import (
	"slices"
	"strings"
	"time"

	"mrzbot/bot/chat"
	"mrzbot/bot/health"
	"mrzbot/bot/text"
)

// StatusButton is the verb of the button that looks again.
const StatusButton = "status"

// Status says how the bot is: what is red first, each line with its mend.
func Status(l text.Localizer, lines []health.Line, at time.Time) chat.Message {
	lines = slices.Clone(lines)
	slices.SortStableFunc(lines, func(a, b health.Line) int { return int(b.Light - a.Light) })
	reds, yellows := 0, 0
	for _, line := range lines {
		switch line.Light {
		case health.Red:
			reds++
		case health.Yellow:
			yellows++
		}
	}
	var r text.Builder
	switch {
	case reds > 0:
		r.Bold(health.Red.Mark() + " " + l.Count("status.red", reds))
	case yellows > 0:
		r.Bold(health.Yellow.Mark() + " " + l.Count("status.yellow", yellows))
	default:
		r.Bold(health.Green.Mark() + " " + l.Text("status.green", nil))
	}
	r.Add("\n\n")
	bad := reds + yellows
	for _, line := range lines[:bad] {
		r.Add(line.Light.Mark() + " ").Bold(line.Name(l)).Line(": " + line.Says(l))
		if mend := line.Mending(l); mend != "" {
			r.Line("→ " + mend)
		}
		r.Add("\n")
	}
	var well []string
	for _, line := range lines[bad:] {
		well = append(well, line.Light.Mark()+" "+line.Name(l)+": "+line.Says(l))
	}
	if all := strings.Join(well, "\n"); bad > 0 {
		r.Fold(all) // so that what is wrong fits on the screen
	} else {
		r.Add(all)
	}
	r.Add("\n\n").Add(l.Text("alert.checked", text.Args{"At": at.Format("15:04:05")}))
	m := chat.Message{Text: r.String(), Entities: r.Entities}
	m.Markup = chat.Buttons(l, chat.Button{Name: "button.check", Data: StatusButton})
	return m
}
