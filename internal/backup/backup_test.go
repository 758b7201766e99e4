package backup

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"os"
	"reflect"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

var update = flag.Bool("update", false, "write testdata anew")

var at = time.Date(2026, 5, 4, 12, 0, 0, 123456000, time.UTC)

func records() []storage.Record {
	none, own := 0, 12
	task := storage.Task{
		ID: "12345", Seq: 7, Kind: storage.KindPhoto, Order: "key", Person: 5, Chat: -5, Message: 9, FileID: "file",
		Added: at, NotBefore: at.Add(time.Second), PutOff: at, Tries: 1, Pauses: 2, Note: "waiting", Payload: []byte("sealed\x00\xff"), Used: "me",
		Attempt: storage.Attempt{Began: at, Day: "2026-05-04", Calling: true, Held: true, Outcome: "ok", Counted: true, Number: 3},
	}
	row := storage.Entry{
		Task: "1", Person: 5, Began: at, Ended: at.Add(time.Second), Day: "2026-05-04", Outcome: "ok", Counted: true,
		Charge: storage.ChargeYes, Session: "session", Took: 1500 * time.Millisecond,
	}
	return []storage.Record{
		{Setting: &storage.SettingRecord{Key: "empty", Value: []byte{}}},
		{Window: &storage.WindowRecord{Key: "start:5", Begin: at, End: at.Add(time.Hour), Used: 2}},
		{Person: &storage.Person{ID: 5, Name: "Айгүл <b>", Role: storage.RoleAgent, Limit: &none, Added: at, By: 1, Blocked: true}},
		{Person: &storage.Person{ID: 6, Limit: &own}},
		{Person: &storage.Person{ID: -7, Name: "x"}},
		{Count: &storage.CountRecord{Person: 5, Day: "2026-05-04", Settled: 3, Unanswered: 1}},
		{Row: &storage.RowRecord{Seq: 3, Entry: row}},
		{Total: &storage.Total{Outcome: "ok", Charge: storage.ChargeYes, Counted: true, Number: 1}},
		{Name: &storage.NameRecord{ID: "12345", Since: at}},
		{Task: &task},
		{Task: &storage.Task{ID: "2", Kind: storage.KindNotice, Added: time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC)}},
		{Kept: &storage.KeptRecord{Task: task, Until: at}},
		{Aside: &storage.AsideRecord{Task: task, Since: at, Reason: "broken"}},
	}
}

func each(records []storage.Record, err error) iter.Seq2[storage.Record, error] {
	return func(yield func(storage.Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
		if err != nil {
			yield(storage.Record{}, err)
		}
	}
}

func written(t *testing.T) []byte {
	var buf bytes.Buffer
	require.NoError(t, Write(&buf, "v1", at, each(records(), nil)))
	return buf.Bytes()
}

// read reads a whole backup.
func read(r io.Reader) (b *Reader, records []storage.Record, err error) {
	if b, err = NewReader(r); err != nil {
		return nil, nil, err
	}
	for r, err := range b.Records() {
		if err != nil {
			return b, records, err
		}
		records = append(records, r)
	}
	return b, records, nil
}

func TestRoundTrip(t *testing.T) {
	b, got, err := read(iotest.OneByteReader(bytes.NewReader(written(t))))
	require.NoError(t, err)
	require.Equal(t, records(), got)
	require.Equal(t, Header{Kind: kind, Form: form, Version: "v1", Made: at}, b.Header)
	require.Equal(t, Counts{Records: 13, People: 3, Tasks: 2, Aside: 1, Rows: 1}, b.Counts)
	for _, r := range got {
		require.NoError(t, r.Check())
	}
}

// TestForm holds the form against what was written once: a change of a record
// is a change of the form, and needs another number.
func TestForm(t *testing.T) {
	zip, err := gzip.NewReader(bytes.NewReader(written(t)))
	require.NoError(t, err)
	got, err := io.ReadAll(zip)
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile("testdata/form2.txt", got, 0o644))
	}
	want, err := os.ReadFile("testdata/form2.txt")
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "raise form, and keep reading the old one")
	// The example has a value in every field, or the line above says little.
	for _, r := range []any{
		*records()[0].Setting, *records()[1].Window, *records()[2].Person, *records()[5].Count, *records()[6].Row,
		*records()[7].Total, *records()[8].Name, *records()[9].Task, *records()[11].Kept, *records()[12].Aside, records()[6].Row.Entry,
		records()[9].Task.Attempt,
	} {
		v := reflect.ValueOf(r)
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; name != "Lease" {
				require.False(t, v.Field(i).IsZero(), "%T.%s", r, name)
			}
		}
	}
}

// TestOlderForm reads what an earlier program wrote.
func TestOlderForm(t *testing.T) {
	text, err := os.ReadFile("testdata/form1.txt")
	require.NoError(t, err)
	var file bytes.Buffer
	zip := gzip.NewWriter(&file)
	_, err = zip.Write(text)
	require.NoError(t, errors.Join(err, zip.Close()))
	_, got, err := read(&file)
	require.NoError(t, err)
	require.Len(t, got, 13)
	require.Equal(t, records()[2], got[2])
	require.Zero(t, got[1].Window.Begin)
	require.Zero(t, got[9].Task.PutOff)
	for _, r := range got {
		require.NoError(t, r.Check())
	}
}

func TestCut(t *testing.T) {
	whole := written(t)
	for n := range whole {
		_, _, err := read(bytes.NewReader(whole[:n]))
		require.True(t, errors.Is(err, ErrForeign) || errors.Is(err, ErrDamaged), "%d bytes: %v", n, err)
	}
}

func TestScribbled(t *testing.T) {
	whole := written(t)
	harmless := 0
	for n := range whole {
		for _, bit := range []byte{1, 0x80} {
			bad := bytes.Clone(whole)
			bad[n] ^= bit
			if _, got, err := read(bytes.NewReader(bad)); err == nil {
				require.Equal(t, records(), got, "byte %d may mean nothing", n)
				harmless++
			}
		}
	}
	require.Less(t, harmless, 20, "the head of gzip holds a time and a system")
}

func TestFollowed(t *testing.T) {
	for name, more := range map[string][]byte{"rubbish": []byte("x"), "another": written(t)} {
		_, _, err := read(bytes.NewReader(append(written(t), more...)))
		require.ErrorIs(t, err, ErrDamaged, name)
	}
}

func TestForeign(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "text": "hello", "other JSON": zipped(t, `{"Kind":"x"}`), "no JSON": zipped(t, "hello"), "nothing": zipped(t, ""),
	} {
		_, _, err := read(bytes.NewReader([]byte(text)))
		require.ErrorIs(t, err, ErrForeign, name)
	}
	_, _, err := read(bytes.NewReader([]byte(zipped(t, fmt.Sprintf(`{"Kind":"mrzbot backup","Form":%d}`, form+1)))))
	require.ErrorIs(t, err, ErrNewer)
}

func zipped(t *testing.T, text string) string {
	var buf bytes.Buffer
	zip := gzip.NewWriter(&buf)
	_, err := io.WriteString(zip, text)
	require.NoError(t, err)
	require.NoError(t, zip.Close())
	return buf.String()
}

func TestWrongLines(t *testing.T) {
	const head = `{"Kind":"mrzbot backup","Form":1,"Version":"","Made":"2026-05-04T12:00:00Z"}` + "\n"
	for name, lines := range map[string]string{
		"unknown record":  `{"Canary":{}}` + "\n" + `{"End":{"Records":1}}`,
		"unknown field":   `{"Name":{"ID":"x","Canary":1}}` + "\n" + `{"End":{"Records":1}}`,
		"wrong type":      `{"Name":{"ID":7777}}`,
		"wrong count":     `{"End":{"Records":1}}`,
		"lines after it":  `{"End":{}}` + "\n" + `{"End":{}}`,
		"rubbish after":   `{"End":{}}` + "\n" + `Canary`,
		"an endless line": `{"Name":{"ID":"` + string(bytes.Repeat([]byte("Canary"), maxLine/3)) + `"}}` + "\n" + `{"End":{"Records":1}}`,
	} {
		_, _, err := read(bytes.NewReader([]byte(zipped(t, head+lines))))
		require.ErrorIs(t, err, ErrDamaged, name)
		require.NotContains(t, err.Error(), "Canary")
	}
}

// TestDumpFails: what was written is then cut, and says so.
func TestDumpFails(t *testing.T) {
	broken := errors.New("broken")
	var buf bytes.Buffer
	require.ErrorIs(t, Write(&buf, "v1", at, each(records(), broken)), broken)
	_, _, err := read(&buf)
	require.True(t, errors.Is(err, ErrForeign) || errors.Is(err, ErrDamaged), err)
	require.ErrorIs(t, Write(failing{}, "v1", at, each(records(), nil)), errDisk)
}

var errDisk = errors.New("no space left on device")

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errDisk }

// TestDiskFails: a disk that does not read is not a damaged backup.
func TestDiskFails(t *testing.T) {
	whole := written(t)
	_, _, err := read(io.MultiReader(bytes.NewReader(whole[:len(whole)/2]), iotest.ErrReader(errDisk)))
	require.ErrorIs(t, err, errDisk)
	_, _, err = read(iotest.ErrReader(errDisk))
	require.ErrorIs(t, err, errDisk)
}
