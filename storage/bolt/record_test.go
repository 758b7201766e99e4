package bolt

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mrzbot/storage"
)

// TestRow: a row comes back as it was, and no part of it passes for a whole one.
func TestRow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(0, 20, 60)
		at := rapid.Map(rapid.Int64Range(storage.MinMicros, storage.MaxMicros), storage.FromMicros)
		row := storage.RowRecord{Seq: rapid.Uint64().Draw(t, "seq"), Entry: storage.Entry{
			Task: text.Draw(t, "task"), Person: rapid.Int64().Draw(t, "person"), Began: at.Draw(t, "began"), Ended: at.Draw(t, "ended"),
			Day: storage.Day(text.Draw(t, "day")), Outcome: text.Draw(t, "outcome"), Counted: rapid.Bool().Draw(t, "counted"),
			Charge: storage.Charge(text.Draw(t, "charge")), Session: text.Draw(t, "session"),
			Took: time.Duration(rapid.Int64Range(-1<<50, 1<<50).Draw(t, "took")) * time.Microsecond,
		}}
		key, data := ledgerTable.key(&row), encodeRow(&row)
		var got storage.RowRecord
		require.NoError(t, decodeRow(key, data, &got))
		require.Equal(t, row, got)
		for n := range data {
			require.ErrorIs(t, decodeRow(key, data[:n], &got), storage.ErrDamaged)
		}
		require.ErrorIs(t, decodeRow(key, append(data, 0), &got), storage.ErrDamaged)
		require.ErrorIs(t, decodeRow(key[1:], data, &got), storage.ErrDamaged)
	})
}

// TestNoFieldIsLost: all of a record comes back, also what is added to its type one day,
// but for what is kept elsewhere.
func TestNoFieldIsLost(t *testing.T) {
	for name, lost := range map[string]func(t *testing.T, s *Store){
		taskTable.name: comesBack(taskTable, func(r *taskRecord) { r.Payload, r.Lease = nil, "" }),
		nameTable.name: comesBack(nameTable, nil),
		quarantineTable.name: comesBack(quarantineTable, func(r *storage.QuarantinedRecord) {
			r.Payload, r.Lease = nil, ""
		}),
		countTable.name:    comesBack(countTable, nil),
		ledgerTable.name:   comesBack(ledgerTable, nil),
		totalTable.name:    comesBack(totalTable, nil),
		dayTotalTable.name: comesBack(dayTotalTable, nil),
		personTable.name:   comesBack(personTable, nil),
		windowTable.name:   comesBack(windowTable, nil),
		settingTable.name:  comesBack(settingTable, nil),
		auditTable.name:    comesBack(auditTable, nil),
		inviteTable.name:   comesBack(inviteTable, nil),
	} {
		t.Run(name, func(t *testing.T) { lost(t, newStore(t)) })
	}
}

// comesBack puts a record with something in each field and one with nothing in any.
func comesBack[R any](table table[R], elsewhere func(r *R)) func(t *testing.T, s *Store) {
	return func(t *testing.T, s *Store) {
		for _, something := range []bool{true, false} {
			var r R
			if something {
				n := int64(0)
				fillField(t, reflect.ValueOf(&r).Elem(), &n)
			}
			if len(table.key(&r)) == 0 {
				continue // it is named by a text
			}
			require.NoError(t, s.write(t.Context(), nil, func(b *batch) error {
				table.put(b, &r)
				return b.err
			}))
			if elsewhere != nil {
				elsewhere(&r)
			}
			require.NoError(t, s.view(func(b *batch) error {
				got := table.find(b, table.key(&r))
				require.NotNil(t, got)
				require.Equal(t, r, *got)
				return b.err
			}))
		}
	}
}

// fillField gives each field a value of its own.
func fillField(t testing.TB, v reflect.Value, n *int64) {
	*n++
	switch at := v.Addr().Interface().(type) {
	case *time.Time:
		*at = start.Add(time.Duration(*n) * time.Microsecond)
	case *time.Duration:
		*at = time.Duration(*n) * time.Microsecond
	case *[]byte:
		*at = []byte{0, byte(*n), 0}
	default:
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				fillField(t, v.Field(i), n)
			}
		case reflect.Pointer:
			v.Set(reflect.New(v.Type().Elem()))
			fillField(t, v.Elem(), n)
		case reflect.Slice:
			v.Set(reflect.MakeSlice(v.Type(), 2, 2))
			fillField(t, v.Index(0), n)
		case reflect.String:
			v.SetString(fmt.Sprint("text ", *n))
		case reflect.Bool:
			v.SetBool(true)
		case reflect.Int, reflect.Int64:
			v.SetInt(-*n)
		case reflect.Uint64:
			v.SetUint(uint64(*n) << 40)
		default:
			t.Fatal("a field of no known type: ", v.Type())
		}
	}
}

// FuzzTables gives whatever there may be to what reads the tables: it is refused, or what
// is made of it comes back when it is written.
func FuzzTables(f *testing.F) {
	tables := []func(t testing.TB, data []byte) (read bool){
		reads(f, taskTable), reads(f, nameTable), reads(f, quarantineTable), reads(f, countTable), reads(f, totalTable),
		reads(f, personTable), reads(f, windowTable), reads(f, settingTable), reads(f, auditTable), reads(f, inviteTable),
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, read := range tables {
			read(t, data)
		}
	})
}

// reads adds a record of a table to the corpus, and gives what reads such records.
func reads[R any](f *testing.F, table table[R]) func(t testing.TB, data []byte) bool {
	read := func(t testing.TB, data []byte) bool {
		var r, again R
		if table.decodes(data, &r) != nil {
			return false
		}
		require.NoError(t, table.decodes(appendFields([]byte{recordForm}, table.fields(&r)), &again))
		require.Equal(t, r, again)
		return true
	}
	var r R
	n := int64(0)
	fillField(f, reflect.ValueOf(&r).Elem(), &n)
	seed := appendFields([]byte{recordForm}, table.fields(&r))
	require.True(f, read(f, seed))
	f.Add(seed)
	return read
}

// FuzzOldTables gives whatever there may be to what reads the tables of earlier
// schemas: what it makes a record of is the same record in a backup.
func FuzzOldTables(f *testing.F) {
	f.Add([]byte("12345678"), []byte{3, 1, 'a', 1, 'b', 0, 2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add([]byte("outcome\x00yes\x001"), []byte{7})
	f.Add([]byte("1234567812345678"), []byte{4, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, key, data []byte) {
		for _, table := range oldTables {
			d := decoder{rest: data}
			r := d.oldRecord(table, key)
			if d.end() == nil && r.Check() == nil {
				text, err := json.Marshal(r)
				require.NoError(t, err)
				var again storage.Record
				require.NoError(t, json.Unmarshal(text, &again))
				require.Equal(t, r, again)
			}
		}
		_ = decodeRow(key, data, new(storage.RowRecord))
	})
}
