package journal

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func entries(j *Journal) []Entry {
	list, _ := j.Since(0)
	return list
}

func TestJournalIsBounded(t *testing.T) {
	j := New()
	for i := range maxJournal + 5 {
		j.Add(Entry{What: fmt.Sprint(i)})
	}
	list := entries(j)
	require.Len(t, list, maxJournal)
	require.Equal(t, "5", list[0].What)
	require.Equal(t, int64(maxJournal+5), list[maxJournal-1].Number)

	last, changed := j.Since(int64(maxJournal) + 4)
	require.Len(t, last, 1)
	j.Add(Entry{Fields: []Field{{"text", strings.Repeat("ы", maxEntryField)}}})
	<-changed
	value := entries(j)[maxJournal-1].Fields[0].Value
	require.LessOrEqual(t, len(value), maxEntryField+len("…"))
	require.True(t, utf8.ValidString(value))

	var none *Journal
	none.Add(Entry{})
	empty, never := none.Since(0)
	require.Empty(t, empty)
	require.Nil(t, never)
}

func TestJournalReadsTheBotsLog(t *testing.T) {
	j := New()
	w := j.LogWriter()
	for _, part := range []string{
		`{"time":"2026-03-02T10:00:00.5Z","level":"INFO","msg":"photo answered","update_id":42,`,
		`"user_id":1001,"outcome":"ok","counted":true,"took":1500000,"pause":2,"more":{"a":[1,{"b":2}]}}` + "\n" + `{"msg":"sec`,
		`ond","level":"WARN"}` + "\nfatal error: all goroutines are asleep\n",
		strings.Repeat("x", 2*maxLogLine) + "\n",
	} {
		n, err := io.WriteString(w, part)
		require.NoError(t, err)
		require.Equal(t, len(part), n)
	}
	list := entries(j)
	require.Len(t, list, 4)
	require.Equal(t, Entry{
		Number: 1, At: 1772445600500, Source: FromBot, What: "photo answered", Person: 1001, Update: 42,
		Fields: []Field{{"level", "INFO"}, {"outcome", "ok"}, {"counted", "true"}, {"took", "1.5ms"}, {"pause", "2"}, {"more", "map[a:[1 map[b:2]]]"}},
	}, list[0])
	require.Equal(t, "second", list[1].What)
	require.True(t, list[1].Bad)
	require.Equal(t, "fatal error: all goroutines are asleep", list[2].What)
	require.Less(t, len(list[3].What), maxLogLine)
}
