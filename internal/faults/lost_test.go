package faults

import (
	"slices"
	"strconv"
	"strings"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// rows gives a photo's rows of the ledger: one for what it was sent for, and
// one for each time it was read again because the person asked for it. It has
// none when the answer to the same photo of before was repeated.
func (b *books) rows(ph *photo) []storage.Entry {
	return append(b.entriesOf(append([]string{b.taskOf(ph)}, readsAgain(b, ph.again)...)), b.borrowed(ph)...)
}

// borrowed gives the rows of what was read again by a press under a repeated
// answer: it is the photo sent before that is read then, and answered.
func (b *books) borrowed(ph *photo) []storage.Entry { return b.entriesOf(readsAgain(b, ph.againAbove)) }

func (b *books) taskOf(ph *photo) string {
	return "update:" + strconv.FormatInt(b.updateOf(ph.message), 10)
}

// readsAgain names the tasks that presses make.
func readsAgain(b *books, presses []string) (tasks []string) {
	for _, press := range presses {
		tasks = append(tasks, "again:update:"+strconv.FormatInt(b.pressOf(press), 10))
	}
	return tasks
}

func (b *books) entriesOf(tasks []string) (rows []storage.Entry) {
	for _, name := range tasks {
		if e, ok := b.entries[name]; ok {
			rows = append(rows, e)
		}
	}
	return rows
}

// answered counts the rows that have a word of their own: not those that were
// canceled, where the press is what was answered.
func answered(rows []storage.Entry) (n int) {
	for _, e := range rows {
		if e.Outcome != "canceled" {
			n++
		}
	}
	return n
}

// nothingLost: every photo has its last word, one for each time it was read,
// and every row of the ledger is that of a photo.
func (b *books) nothingLost() {
	known := 0
	for _, same := range b.sums {
		for _, ph := range same {
			rows := b.rows(ph)
			known += len(rows)
			if answered(rows) < len(rows) {
				// Which of them were sent before: Telegram keeps no order between photos and presses.
				require.NotEmpty(b.t, b.canceled[ph.person.ID], "photo %d was canceled by nobody", ph.message)
			}
		}
		if len(same) == 1 {
			b.answeredAlone(same[0])
		} else {
			b.answeredTogether(same)
		}
	}
	require.Len(b.t, b.entries, known, "the ledger knows of photos that nobody sent")
}

// answeredAlone: a picture that was sent once has as many words as rows, and each
// says the same however often it came.
func (b *books) answeredAlone(ph *photo) {
	rows := b.rows(ph)
	words := answered(rows)
	require.NotEmpty(b.t, rows, "photo %d (update %d) is not in the ledger", ph.message, b.updateOf(ph.message))
	require.GreaterOrEqual(b.t, len(ph.answers), words, "photo %d (update %d) was not answered: %v, %q", ph.message, b.updateOf(ph.message), rows, ph.answers)
	if !b.doubles {
		require.Len(b.t, ph.answers, words, "photo %d was answered too often", ph.message)
	}
	require.LessOrEqual(b.t, len(distinct(ph.answers)), words, "photo %d got different answers: %q", ph.message, ph.answers)
	require.False(b.t, slices.ContainsFunc(ph.answers, repeated), "photo %d was sent once, and an answer repeated: %q", ph.message, ph.answers)
}

// answeredTogether: of a picture that was sent more than once, each photo has the
// words of its own rows. What a press under a repeated answer has read stands under
// one of the others. A photo without a row has an answer of another, word for word.
func (b *books) answeredTogether(same []*photo) {
	words, borrowed := 0, 0
	var all, repeats []string
	var rows []storage.Entry
	for _, ph := range same {
		words += answered(b.rows(ph))
		borrowed += answered(b.borrowed(ph))
		rows = append(rows, b.rows(ph)...)
	}
	for _, ph := range same {
		own := answered(b.rows(ph)) - answered(b.borrowed(ph))
		_, read := b.entries[b.taskOf(ph)]
		var answers []string
		again := 0
		for _, a := range ph.answers {
			if repeated(a) {
				again++
				repeats = append(repeats, a)
			} else {
				answers = append(answers, a)
			}
		}
		require.GreaterOrEqual(b.t, len(answers), own, "photo %d (update %d) was not answered: %v, %q", ph.message, b.updateOf(ph.message), b.rows(ph), ph.answers)
		require.LessOrEqual(b.t, len(distinct(answers)), own+borrowed, "photo %d got different answers: %q", ph.message, answers)
		if !read {
			require.Positive(b.t, again, "photo %d (update %d) was not answered", ph.message, b.updateOf(ph.message))
			require.True(b.t, slices.ContainsFunc(rows, func(e storage.Entry) bool {
				return slices.Contains([]string{"ok", "unreadable", "unknown", "protocol", "service_fault"}, e.Outcome)
			}), "photo %d (update %d) is not in the ledger", ph.message, b.updateOf(ph.message))
		}
		all = append(all, answers...)
	}
	first := same[0].message
	require.GreaterOrEqual(b.t, len(all), words, "photo %d was not answered: %v, %q", first, rows, all)
	if !b.doubles {
		require.Len(b.t, all, words, "photo %d was answered too often", first)
	}
	require.LessOrEqual(b.t, len(distinct(all)), words, "photo %d got different answers: %q", first, all)
	for _, r := range repeats {
		require.True(b.t, slices.ContainsFunc(all, func(a string) bool { return sameAnswer(a, r) }), "photo %d: %q repeats none of %q", first, r, all)
	}
}

// repeated reports whether an answer is that of the same photo of before.
func repeated(text string) bool { return strings.Contains(text, repeatedBy) }

const repeatedBy = "The same photo as before"

// distinct leaves out of a photo's answers those that say what another says.
func distinct(answers []string) (different []string) {
	for _, a := range answers {
		if !slices.ContainsFunc(different, func(b string) bool { return sameAnswer(a, b) }) {
			different = append(different, a)
		}
	}
	return different
}

// sameAnswer reports whether two texts are one answer, sent at different times. One
// that the program has died over is sent plainly at last: its lines are among those
// of the other. Each says by its number which attempt it was, but how many of the
// day have no answer only as it was at its moment.
func sameAnswer(a, b string) bool {
	long, short := lasting(a), lasting(b)
	if len(long) < len(short) {
		long, short = short, long
	}
	for _, line := range short {
		if !slices.Contains(long, line) {
			return false
		}
	}
	return true
}

// lasting gives the lines of an answer that are the same whenever it is sent.
func lasting(text string) (lines []string) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if !repeated(line) {
			lines = append(lines, attemptOf.ReplaceAllString(line, "Attempt $1."))
		}
	}
	return lines
}
