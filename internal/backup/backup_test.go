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
	"strings"
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
		Added: at, NotBefore: at.Add(time.Second), PutOff: at, Tries: 1, Pauses: 2, Waiting: storage.Waiting{For: storage.OutageService, Since: at}, Payload: []byte("sealed\x00\xff"), Reply: 55, RepeatOf: "1", Request: true, ConsumedBy: "me",
		Attempt: storage.Attempt{Began: at, Day: "2026-05-04", Calling: true, Held: true, Outcome: "ok", Counted: true, Number: 3, Budgeted: true},
	}
	row := storage.Entry{
		Task: "1", Person: 5, Began: at, Ended: at.Add(time.Second), Day: "2026-05-04", Outcome: "ok", Counted: true,
		Charge: storage.ChargeYes, Session: "session", Took: 1500 * time.Millisecond,
	}
	return []storage.Record{
		{Setting: &storage.SettingRecord{Key: "empty", Value: []byte{}}},
		{Window: &storage.WindowRecord{Key: "start:5", Begin: at, End: at.Add(time.Hour), Used: 2}},
		{Person: &storage.Person{ID: 5, Name: "Айгүл <b>", Role: storage.RoleAgent, Limit: &none, Added: at, By: 1, Blocked: true, Language: "ky", Note: "n", ShutOut: at, Until: at}},
		{Person: &storage.Person{ID: 6, Limit: &own}},
		{Person: &storage.Person{ID: -7, Name: "x"}},
		{Count: &storage.CountRecord{Person: 5, Day: "2026-05-04", Settled: 3, Unanswered: 1}},
		{Row: &storage.RowRecord{Seq: 3, Entry: row}},
		{Total: &storage.Total{Outcome: "ok", Charge: storage.ChargeYes, Counted: true, Number: 1}},
		{Name: &storage.NameRecord{ID: "12345", Since: at}},
		{Task: &task},
		{Task: &storage.Task{ID: "2", Kind: storage.KindNotice, Added: time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC)}},
		{Retained: &storage.RetainedRecord{Task: task, Until: at}},
		{Quarantined: &storage.QuarantinedRecord{Task: task, Since: at, Reason: "broken"}},
		{Invite: &storage.Invite{Hash: "h", Added: at, Until: at, Left: 1, By: 1, Role: storage.RoleAgent, Limit: &own, Used: []int64{5}}},
		{Day: &storage.DayTotal{Day: "2026-05-04", Person: 5, Outcome: "ok", Charge: storage.ChargeYes, Counted: true, Number: 1}},
		{Audit: &storage.AuditEntry{Seq: 1, At: at, By: 1, Action: "allow", Person: 5, Detail: "d"}},
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
	require.Equal(t, Counts{Records: 16, People: 3, Tasks: 2, Aside: 1, Rows: 1}, b.Counts)
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
		require.NoError(t, os.WriteFile("testdata/form3.txt", got, 0o644))
	}
	want, err := os.ReadFile("testdata/form3.txt")
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "raise form, and keep reading the old one")
	// The example has a value in every field, or the line above says little.
	for _, r := range []any{
		*records()[0].Setting, *records()[1].Window, *records()[2].Person, *records()[5].Count, *records()[6].Row,
		*records()[7].Total, *records()[8].Name, *records()[9].Task, *records()[11].Retained, *records()[12].Quarantined, records()[6].Row.Entry,
		records()[9].Task.Attempt, *records()[13].Invite, *records()[14].Day, *records()[15].Audit,
	} {
		v := reflect.ValueOf(r)
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; name != "Lease" {
				require.False(t, v.Field(i).IsZero(), "%T.%s", r, name)
			}
		}
	}
}

// TestOlderForm reads what earlier programs wrote.
func TestOlderForm(t *testing.T) {
	for file, records := range map[string]int{"testdata/form1.txt": 13, "testdata/form2.txt": 16} {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		_, got, err := read(strings.NewReader(zipped(t, string(text))))
		require.NoError(t, err)
		require.Len(t, got, records)
		require.Equal(t, "Айгүл <b>", got[2].Person.Name)
		require.Equal(t, records == 13, got[1].Window.Begin.IsZero())
		require.Equal(t, records == 13, got[9].Task.PutOff.IsZero())
		require.Equal(t, []byte("sealed\x00\xff"), got[12].Quarantined.Payload)
		for _, r := range got {
			require.NoError(t, r.Check())
		}
	}
}

// TestOlderFormMoves: what earlier programs kept in notes and settings is where it
// belongs.
func TestOlderFormMoves(t *testing.T) {
	const task = `"ID":"1","Kind":"photo","Added":"2026-05-04T12:00:00Z"`
	_, got, err := read(strings.NewReader(zipped(t, `{"Kind":"mrzbot backup","Form":2,"Version":"","Made":"2026-05-04T12:00:00Z"}
{"Setting":{"Key":"shut_out:5","Value":"MTcwMDAwMDAwMDEyMzQ1Ng=="}}
{"Setting":{"Key":"shut_out:6","Value":"MTcwMDAwMDAwMDEyMzQ1Nw=="}}
{"Setting":{"Key":"shut_out:7","Value":"eA=="}}
{"Setting":{"Key":"shut_out","Value":""}}
{"Person":{"ID":5,"Name":"x","Role":"agent"}}
{"Count":{"Person":5,"Day":"2026-05-04","Settled":3}}
{"Task":{`+task+`,"Note":"service 1700000000"}}
{"Kept":{`+task+`,"Note":"55 update:7","Until":"2026-05-04T12:00:00Z"}}
{"Kept":{`+task+`,"Note":"ask","Until":"2026-05-04T12:00:00Z"}}
{"Aside":{`+task+`,"Note":"download 1700000000","Since":"2026-05-04T12:00:00Z","Reason":"broken"}}
{"End":{"Records":10,"People":1,"Tasks":1,"Aside":1}}
`)))
	require.NoError(t, err)
	require.Len(t, got, 8)
	require.Equal(t, "shut_out", got[0].Setting.Key)
	require.Equal(t, storage.Person{ID: 5, Name: "x", Role: storage.RoleAgent, ShutOut: time.UnixMicro(1700000000123456).UTC()}, *got[1].Person)
	require.Equal(t, storage.Person{ID: 6, ShutOut: time.UnixMicro(1700000000123457).UTC()}, *got[2].Person)
	since := time.Unix(1700000000, 0).UTC()
	require.Equal(t, storage.Waiting{For: storage.OutageService, Since: since}, got[4].Task.Waiting)
	require.Equal(t, 55, got[5].Retained.Reply)
	require.Equal(t, "update:7", got[5].Retained.RepeatOf)
	require.False(t, got[5].Retained.Request)
	require.True(t, got[6].Retained.Request)
	require.Equal(t, storage.Waiting{For: storage.OutageDownload, Since: since}, got[7].Quarantined.Waiting)
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
