package bolt

import (
	"encoding/json"
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

// FuzzOldTables gives whatever there may be to what reads the tables of earlier
// schemas: what it makes a record of is the same record in the present form.
func FuzzOldTables(f *testing.F) {
	f.Add([]byte("12345678"), []byte{3, 1, 'a', 1, 'b', 0, 2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add([]byte("outcome\x00yes\x001"), []byte{7})
	f.Add([]byte("1234567812345678"), []byte{6, 0, 0, 0, 0, 0})
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
