package screen

import (
	"slices"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/mrz"
)

// Question is one that only the card can answer: which of several readings of a
// field is right. Its buttons mend the answer.
type Question struct {
	// Ways are what each button does with the lines; an empty one leaves them.
	Ways [][]mrz.Repair `json:"ways"`
	// Repair: the ways are proposals with which the MRZ holds, the likeliest first;
	// the last is to change nothing. Else the first is as the service has read it,
	// and the second as it was read here.
	Repair bool `json:"repair,omitempty"`
}

// Questions gives the questions about lines: one for each difference of the second
// reading that no check digit decides, and one for the repairs with which the MRZ
// would hold. No two are about the same character.
func Questions(lines []string, open [][]mrz.Repair, now time.Time) []Question {
	var all []Question
	taken := map[[2]int]bool{}
	for _, set := range open {
		all = append(all, Question{Ways: [][]mrz.Repair{nil, set}})
		for _, r := range set {
			taken[[2]int{r.Line, r.Column}] = true
		}
	}
	var ways [][]mrz.Repair
	for _, set := range mrz.Propose(mrz.Parse(lines, now), now) {
		set = slices.DeleteFunc(set, func(r mrz.Repair) bool { return taken[[2]int{r.Line, r.Column}] })
		if len(set) > 0 {
			ways = append(ways, set)
		}
	}
	if len(ways) > 0 {
		all = append(all, Question{Ways: append(ways, nil), Repair: true})
	}
	return all
}

// openChoice stands in Choices for a question that is not answered.
const openChoice = '-'

// NoChoices is that of as many questions none is answered.
func NoChoices(questions int) string { return strings.Repeat(string(openChoice), questions) }

// Fits reports whether choices can be those of an answer: one character for each
// question, which names a way or leaves it open.
func (a Answer) Fits(choices string) bool {
	if len(choices) != len(a.Questions) {
		return false
	}
	for i, q := range a.Questions {
		if c := choices[i]; c != openChoice && (c < '0' || int(c-'0') >= len(q.Ways)) {
			return false
		}
	}
	return true
}

// AllChosen reports whether choices leave no question open.
func AllChosen(choices string) bool { return !strings.ContainsRune(choices, openChoice) }

// chosen gives the way that was chosen for a question; -1: none yet.
func (a Answer) chosen(question int) int {
	if question >= len(a.Choices) || a.Choices[question] == openChoice {
		return -1
	}
	return int(a.Choices[question] - '0')
}

// mended gives the lines with what was chosen.
func (a Answer) mended() []string {
	lines := a.Lines
	for i, q := range a.Questions {
		if way := a.chosen(i); way >= 0 {
			lines = mrz.Apply(lines, q.Ways[way])
		}
	}
	return lines
}

// Open reports whether a question is not answered yet.
func (a Answer) Open() bool {
	for i := range a.Questions {
		if a.chosen(i) < 0 {
			return true
		}
	}
	return false
}

// mendRows are the buttons of the questions that are open.
func (p Photo) mendRows() (rows [][]models.InlineKeyboardButton) {
	before := p.Choices
	if before == "" {
		before = NoChoices(len(p.Questions))
	}
	for i, q := range p.Questions {
		if p.chosen(i) >= 0 {
			continue
		}
		var row []models.InlineKeyboardButton
		for way := range q.Ways {
			choices := before[:i] + string(rune('0'+way)) + before[i+1:]
			row = append(row, models.InlineKeyboardButton{Text: p.button(q, way), CallbackData: p.Mend + ":" + choices})
		}
		if len(row) > 2 { // values are long: a row each
			for _, b := range row {
				rows = append(rows, []models.InlineKeyboardButton{b})
			}
			continue
		}
		rows = append(rows, row)
	}
	return rows
}
