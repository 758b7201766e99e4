package bot

import (
	"strings"
	"testing"
	"time"

	"github.com/go-telegram/bot/models"
	"github.com/stretchr/testify/require"

	"mrzbot/bot/chat"
	"mrzbot/bot/outcome"
	"mrzbot/bot/reader"
	"mrzbot/storage"
)

var (
	onCard  = []string{"IDKGZID1234567320101199012345<", "9001011M3101012KGZ<<<<<<<<<<<0", "TESTOV<<TEST<<<<<<<<<<<<<<<<<<"}
	misread = []string{onCard[0], "9001011F3101012KGZ<<<<<<<<<<<0", "TESTOV<<TESI<<<<<<<<<<<<<<<<<<"}
)

// surely is a look that has read these lines, each character surely.
func surely(lines []string) reader.Look {
	read := reader.LocalReading{Lines: lines, Sure: true}
	for _, line := range lines {
		cells := make([]float64, len(line))
		for i := range cells {
			cells[i] = 1
		}
		read.Cells = append(read.Cells, cells)
	}
	return reader.Look{Reads: []reader.LocalReading{read}}
}

// asksAbout answers a photo with questions, as message 1.
func asksAbout(t *testing.T, service []string) *tableau {
	c := setTable(t, func() (reader.Reading, error) { return reader.Reading{Lines: service}, nil })
	c.scan.Looker = lookFunc(func() (reader.Look, error) { return surely(onCard), nil })
	task := c.claim()
	c.Handle(t.Context(), task)
	require.Len(t, c.said, 1)
	require.NoError(t, c.store.Retain(t.Context(), task, storage.Retain{Until: noon.Add(10 * time.Minute), Reply: 1}))
	return c
}

// data is what those buttons of a message hold that ask something.
func data(m chat.Message) (all []string) {
	if m.Markup == nil {
		return nil
	}
	for _, row := range m.Markup.(*models.InlineKeyboardMarkup).InlineKeyboard {
		for _, b := range row {
			if b.CopyText == nil {
				all = append(all, b.CallbackData)
			}
		}
	}
	return all
}

// TestMendAfterCrash: a press that is worked again after a crash changes the answer to
// the same, and what was chosen first stays.
func TestMendAfterCrash(t *testing.T) {
	c := asksAbout(t, []string{onCard[0], onCard[1], misread[2]})
	require.Equal(t, []string{"mend:update:1:0", "mend:update:1:1"}, data(c.said[0]))
	press := c.pressing("update:2", 1, 1, "mend:update:1:1", noon)
	c.Handle(t.Context(), press)
	c.Handle(t.Context(), press)
	require.Equal(t, []string{"Thank you.", "Thank you."}, c.heard)
	require.Len(t, c.edits, 2)
	require.Equal(t, c.edits[0], c.edits[1])
	require.Contains(t, c.edits[0].Text, onCard[2])
	require.Empty(t, data(c.edits[0]))

	c.Handle(t.Context(), c.pressing("update:3", 1, 1, "mend:update:1:0", noon))
	require.Equal(t, "You have chosen already.", c.heard[2])
	require.Equal(t, c.edits[0], c.edits[2], "what was chosen first is shown")
	kept, ok, err := c.store.Retained(t.Context(), "update:1", noon)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "update:2 1", kept.ConsumedBy)
}

// TestMendByOthers: a button proves nothing. Who presses, under which message, and what
// can be chosen is asked of the store.
func TestMendByOthers(t *testing.T) {
	for name, press := range map[string]struct {
		person  int64
		message int
		data    string
	}{
		"somebody else":    {2, 1, "mend:update:1:1"},
		"another message":  {1, 9, "mend:update:1:1"},
		"no such photo":    {1, 1, "mend:update:7:1"},
		"no such way":      {1, 1, "mend:update:1:2"},
		"too many choices": {1, 1, "mend:update:1:11"},
		"none":             {1, 1, "mend:update:1:"},
		"nothing":          {1, 1, "mend"},
		"no name":          {1, 1, "mend:1"},
		"letters":          {1, 1, "mend:update:1:x"},
	} {
		t.Run(name, func(t *testing.T) {
			c := asksAbout(t, []string{onCard[0], onCard[1], misread[2]})
			_, err := c.store.ChangePerson(t.Context(), 2, func(p *storage.Person) error { p.Role = storage.RoleAgent; return nil })
			require.NoError(t, err)
			c.Handle(t.Context(), c.pressing("update:2", press.person, press.message, press.data, noon))
			require.Equal(t, []string{"This button is out of date. Please send the photo again."}, c.heard)
			require.Empty(t, c.edits)
			kept, _, err := c.store.Retained(t.Context(), "update:1", noon)
			require.NoError(t, err)
			require.Empty(t, kept.ConsumedBy)
		})
	}
}

// TestMendTwoFields: each difference is chosen by itself, and the store is told when
// all are.
func TestMendTwoFields(t *testing.T) {
	c := asksAbout(t, misread)
	require.Equal(t, []string{"mend:update:1:0-", "mend:update:1:1-", "mend:update:1:-0", "mend:update:1:-1"}, data(c.said[0]))
	c.Handle(t.Context(), c.pressing("update:2", 1, 1, "mend:update:1:-1", noon))
	require.Equal(t, []string{"mend:update:1:01", "mend:update:1:11"}, data(c.edits[0]))
	require.Contains(t, c.edits[0].Text, onCard[2])
	kept, _, err := c.store.Retained(t.Context(), "update:1", noon)
	require.NoError(t, err)
	require.Empty(t, kept.ConsumedBy)
	c.Handle(t.Context(), c.pressing("update:3", 1, 1, "mend:update:1:01", noon))
	require.Contains(t, c.edits[1].Text, misread[1]+"\n"+onCard[2])
	require.Empty(t, data(c.edits[1]))
}

// TestFallback: what was surely not read is answered with what was read here; what may
// be charged stays what it is, and shows that, too.
func TestFallback(t *testing.T) {
	for code, want := range map[outcome.Code]storage.Total{
		outcome.Unavailable:    {Outcome: "local", Charge: storage.ChargeNo, Number: 1},
		outcome.BadKey:         {Outcome: "local", Charge: storage.ChargeNo, Number: 1},
		outcome.PictureRefused: {Outcome: "local", Charge: storage.ChargeNo, Number: 1},
		outcome.Unreadable:     {Outcome: "unreadable", Charge: storage.ChargeYes, Counted: true, Number: 1},
		outcome.Unknown:        {Outcome: "unknown", Charge: storage.ChargeUnknown, Counted: true, Number: 1},
		outcome.Internal:       {Outcome: "internal", Charge: storage.ChargeNo, Number: 1},
	} {
		c := setTable(t, func() (reader.Reading, error) { return reader.Reading{}, &outcome.Failure{Code: code} })
		c.scan.Looker = lookFunc(func() (reader.Look, error) { return surely(onCard), nil })
		c.scan.Fallback = true
		c.Handle(t.Context(), c.claim())
		require.Len(t, c.said, 1, code)
		require.Equal(t, code != outcome.Internal && code != outcome.Unknown, strings.Contains(c.said[0].Text, onCard[2]), code)
		totals, err := c.store.Totals(t.Context())
		require.NoError(t, err)
		require.Equal(t, []storage.Total{want}, totals)
	}
}
