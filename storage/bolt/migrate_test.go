package bolt

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"

	"mrzbot/storage"
)

// unpack writes a store that an earlier program has made into a file.
func unpack(t *testing.T, name string) (path string) {
	t.Helper()
	packed, err := os.Open(filepath.Join("testdata", name+".db.gz"))
	require.NoError(t, err)
	defer func() { require.NoError(t, packed.Close()) }()
	zip, err := gzip.NewReader(packed)
	require.NoError(t, err)
	data, err := io.ReadAll(zip)
	require.NoError(t, err)
	path = filepath.Join(t.TempDir(), "store.db")
	require.NoError(t, os.WriteFile(path, data, 0o600))
	return path
}

// recorded gives the records that the program which made a store has dumped of it.
func recorded(t *testing.T, name string) (records []storage.Record) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".jsonl"))
	require.NoError(t, err)
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		var r storage.Record
		require.NoError(t, json.Unmarshal(lines.Bytes(), &r))
		records = append(records, r)
	}
	require.Greater(t, len(records), 50)
	return records
}

// versionOf gives the schema of a closed store.
func versionOf(t *testing.T, path string) (version uint64) {
	t.Helper()
	edit(t, path, func(tx *bbolt.Tx) (err error) {
		version, err = schemaOf(tx)
		return err
	})
	return version
}

// TestMigrate: a store that holds something of everything is, record for record, what
// the program that made it took it for; and it goes on from there. That of the present
// schema holds its forms to what they were.
func TestMigrate(t *testing.T) {
	for _, version := range []uint64{3, 4} {
		name := fmt.Sprint("schema", version)
		path, want := unpack(t, name), recorded(t, name)
		require.Equal(t, version, versionOf(t, path))
		for range 2 {
			s := open(t, path)
			require.Equal(t, want, dumped(t, s))
			require.NoError(t, s.Check(t.Context()))
			sums, err := s.DaySums(t.Context(), "0001-01-01", "9999-12-31")
			require.NoError(t, err)
			totals, err := s.DayTotals(t.Context(), "0001-01-01", "9999-12-31")
			require.NoError(t, err)
			require.NotEmpty(t, totals)
			require.Equal(t, attempts(totals), attempts(sums))
			people, err := s.PersonSums(t.Context(), "0001-01-01", "9999-12-31")
			require.NoError(t, err)
			require.Equal(t, attempts(totals), attempts(people))
			require.NoError(t, s.Close())
			require.Equal(t, uint64(schema), versionOf(t, path))
		}
		var seq, auditSeq uint64
		for _, r := range want {
			if task := taskOf(r); task != nil {
				seq = max(seq, task.Seq)
			} else if r.Row != nil {
				seq = max(seq, r.Row.Seq)
			} else if r.Audit != nil {
				auditSeq = r.Audit.Seq
			}
		}
		s := open(t, path)
		add(t, s, photo("new"))
		require.NoError(t, s.AddAudit(t.Context(), storage.AuditEntry{At: start, Action: "opened"}))
		for _, r := range dumped(t, s)[len(want)-5:] {
			if r.Task != nil && r.Task.ID == "new" {
				require.Equal(t, seq+1, r.Task.Seq, "no Seq is given twice")
				seq = 0
			}
		}
		require.Zero(t, seq)
		entries, err := s.AuditEntries(t.Context(), 0, 1)
		require.NoError(t, err)
		require.Equal(t, auditSeq+1, entries[0].Seq)
		require.NoError(t, s.Close())
	}
}

// attempts adds totals up.
func attempts(totals []storage.DayTotal) (n int) {
	for _, t := range totals {
		n += t.Number
	}
	return n
}

// TestMigrateNotes: what schema 3 has in notes and settings is where it belongs.
func TestMigrateNotes(t *testing.T) {
	path := unpack(t, "schema3")
	notes := []string{"service 1700000000", "55 update:7", "ask"}
	edit(t, path, func(tx *bbolt.Tx) error {
		for key, value := range map[string]string{"shut_out:5": "1700000000123456", "shut_out:60": "1700000000123457", "shut_out:x": "?"} {
			require.NoError(t, tx.Bucket([]byte("settings")).Put([]byte(key), withSum([]byte(key), []byte(value))))
		}
		for i, note := range notes {
			key := seqKey(uint64(101 + i))
			require.NoError(t, tx.Bucket([]byte("tasks")).Put(key, withSum(key, oldTaskWith(note))))
		}
		return nil
	})
	for range 2 {
		s := open(t, path)
		for id, want := range map[int64]int64{5: 1700000000123456, 60: 1700000000123457, 9: storage.MinMicros} {
			p, err := s.Person(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, storage.FromMicros(want), p.ShutOut)
			require.Equal(t, id != 60, p.Role == storage.RoleAgent)
		}
		for _, r := range dumped(t, s) {
			if r.Setting != nil {
				require.NotContains(t, r.Setting.Key, storage.ShutOutSetting)
			}
		}
		kept, ok, err := s.Retained(t.Context(), notes[1], start)
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, 55, kept.Reply)
		require.Equal(t, "update:7", kept.RepeatOf)
		kept, _, err = s.Retained(t.Context(), notes[2], start)
		require.NoError(t, err)
		require.True(t, kept.Request)
		require.NoError(t, s.Close())
	}
	s := open(t, path)
	for _, task := range claim(t, s, 100) {
		if task.ID == notes[0] {
			require.Equal(t, storage.Waiting{For: storage.OutageService, Since: time.Unix(1700000000, 0).UTC()}, task.Waiting)
			notes[0] = ""
		}
	}
	require.Empty(t, notes[0])
	require.NoError(t, s.Close())
}

// oldTaskWith gives what schema 3 kept of a task with a note, which is its ID, too.
func oldTaskWith(note string) (data []byte) {
	text := func(s string) { data = append(binary.AppendUvarint(data, uint64(len(s))), s...) }
	at := func(t time.Time) { data = binary.AppendUvarint(data, uint64(storage.Micros(t)-storage.MinMicros)) }
	if note[0] == 's' {
		data = append(data, 3)
	} else {
		data = append(data, 4)
		at(start.Add(lease))
		text("")
	}
	text(note)
	text(string(storage.KindPhoto))
	text("")
	data = append(data, 2, 2, 2) // person, chat, message
	text("")
	for range 3 {
		at(start)
	}
	data = append(data, 0, 0)
	text(note)
	return append(data, 0)
}

// TestMigrateIsCutShort: a program that dies in the migration, at whatever moment,
// leaves the store as it was.
func TestMigrateIsCutShort(t *testing.T) {
	path, want := unpack(t, "schema3"), recorded(t, "schema3")
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	s := open(t, path)
	require.NoError(t, s.Close())
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	// A commit of bbolt's writes pages that were free, syncs, and then writes one of the
	// two pages that say where everything is.
	for _, written := range []int{2 * page, len(before) / 2, len(before), len(after)} {
		torn := bytes.Clone(before)
		if written > len(torn) {
			torn = append(torn, make([]byte, len(after)-len(torn))...)
		}
		copy(torn[2*page:written], after[2*page:written])
		require.NoError(t, os.WriteFile(path, torn, 0o600))
		require.Equal(t, uint64(3), versionOf(t, path))
		s := open(t, path)
		require.Equal(t, want, dumped(t, s))
		require.NoError(t, s.Close())
	}
}

// TestMigrateDamaged: a value that a checksum fits, but that is longer than its
// fields, is not migrated. Any value is a setting; rows are read when they are asked for.
func TestMigrateDamaged(t *testing.T) {
	for _, name := range fieldTables {
		path := unpack(t, "schema3")
		reshape(t, path, name, func(v []byte) []byte { return append(v, 1, 2) })
		refuses(t, path)
	}
}

// TestReshaped: a value of this schema that a checksum fits, but that is longer or shorter
// than its fields, is damage: found when it is read, which tasks are at once.
func TestReshaped(t *testing.T) {
	for _, name := range append(fieldTables, "settings", "ledger", "sums") {
		for _, change := range []func(v []byte) []byte{
			func(v []byte) []byte { return append(v, 1) },
			func(v []byte) []byte { return v[:len(v)-1] },
		} {
			path := unpack(t, "schema4")
			reshape(t, path, name, change)
			if name == "tasks" || name == "aside" {
				refuses(t, path)
				continue
			}
			s := open(t, path)
			err := s.view(func(b *batch) error {
				for range b.records() {
				}
				for range sumTable.all(b) {
				}
				return b.err
			})
			require.ErrorIs(t, err, storage.ErrDamaged, name)
			require.NoError(t, s.Close())
		}
	}
}

// fieldTables are those whose values are fields in every schema.
var fieldTables = []string{"tasks", "aside", "takes", "people", "counts", "totals", "daytotals", "names", "audit", "invites"}

// reshape changes the first value of a bucket.
func reshape(t *testing.T, path, name string, change func(v []byte) []byte) {
	t.Helper()
	edit(t, path, func(tx *bbolt.Tx) error {
		bucket := tx.Bucket([]byte(name))
		k, v := bucket.Cursor().First()
		return bucket.Put(bytes.Clone(k), withSum(k, change(bytes.Clone(v[:len(v)-checksumBytes]))))
	})
}

// TestMigrateSchema2 opens a store of an earlier program: all of it is there, it does
// what it has to, and is one of this program from then on. One of schema 1 has the
// same forms.
func TestMigrateSchema2(t *testing.T) {
	for version := range uint64(2) {
		path := unpack(t, "schema2")
		edit(t, path, func(tx *bbolt.Tx) error {
			return tx.Bucket([]byte("meta")).Put([]byte(schemaKey), binary.AppendUvarint(nil, version+1))
		})
		for range 2 {
			s := open(t, path)
			holdsSchema2(t, s)
			require.NoError(t, s.AddAudit(t.Context(), storage.AuditEntry{At: start, Action: "opened"}))
			require.NoError(t, s.Close())
		}
		s := open(t, path)
		entries, err := s.AuditEntries(t.Context(), 0, 10)
		require.NoError(t, err)
		require.Len(t, entries, 2)
		tasks := claim(t, s, 10)
		require.Len(t, tasks, 2, "one is put off, and two are of another kind")
		require.True(t, tasks[0].Attempt.Held)
		require.Equal(t, "answer", string(tasks[0].Payload))
		require.True(t, tasks[1].Attempt.Calling)
		again, err := s.AddTask(t.Context(), photo("task 0"))
		require.NoError(t, err)
		require.False(t, again, "its name is remembered")
		require.NoError(t, s.Close())
	}
}

func holdsSchema2(t *testing.T, s *Store) {
	t.Helper()
	p, err := s.Person(t.Context(), 5)
	require.NoError(t, err)
	require.Equal(t, "Айгүл", p.Name)
	require.Equal(t, 7, *p.Limit)
	require.Zero(t, p.Until)
	c, err := s.Attempts(t.Context(), 5, day)
	require.NoError(t, err)
	require.Equal(t, storage.Count{Settled: 2, Reserved: 1}, c)
	kept, ok, err := s.Retained(t.Context(), "task 1", start)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "answer", string(kept.Payload))
	l, err := s.Backlog(t.Context(), start)
	require.NoError(t, err)
	require.Equal(t, 1, l.Quarantined)
	totals, err := s.DayTotals(t.Context(), day, day)
	require.NoError(t, err)
	rows, err := s.Entries(t.Context(), start.AddDate(-1, 0, 0), start.AddDate(1, 0, 0), 100)
	require.NoError(t, err)
	require.Equal(t, len(rows), attempts(totals), "totals of days are made from the rows")
	require.NoError(t, s.Check(t.Context()))
}
