package bolt

import (
	"bytes"
	"context"
	"time"

	"go.etcd.io/bbolt"

	"mrzbot/storage"
)

// enter stages a row of the ledger. The totals are kept up at once, so that
// folding a row away is deleting it.
func (b *batch) enter(row *storage.Entry, seq uint64) error {
	err := b.put(ledgerTable, ledgerKey(micros(row.Ended), seq), func(enc *encoder) { enc.row(row) })
	if err != nil {
		return err
	}
	key := totalKey(row)
	d, ok, err := b.get(totalTable, key)
	if err != nil {
		return err
	}
	n := uint64(1)
	if ok {
		n += d.uint()
		if err := d.end(); err != nil {
			return err
		}
	}
	return b.put(totalTable, key, func(enc *encoder) { enc.uint(n) })
}

// ledgerKey sorts rows by their end, and those of the same end by Seq.
func ledgerKey(ended int64, seq uint64) []byte { return appendUint(appendInt(nil, ended), seq) }

// totalKey sorts as Totals gives them: no text holds the NUL between them.
func totalKey(row *storage.Entry) []byte {
	counted := "\x000"
	if row.Counted {
		counted = "\x001"
	}
	return []byte(row.Outcome + "\x00" + string(row.Charge) + counted)
}

// Entries is as in storage.Ledger.
func (s *Store) Entries(ctx context.Context, from, to time.Time, most int) ([]storage.Entry, error) {
	end := ledgerKey(micros(to), 0)
	return read(ctx, s, func(tx *bbolt.Tx) (rows []storage.Entry, err error) {
		c := tx.Bucket([]byte(tableNames[ledgerTable])).Cursor()
		k, v := c.Seek(ledgerKey(micros(from), 0))
		for ; k != nil && bytes.Compare(k, end) < 0 && len(rows) < most; k, v = c.Next() {
			d, err := decode(k, v)
			if err != nil {
				return nil, err
			}
			row := storage.Entry{Ended: fromMicros(keyInt(k[:8]))}
			if err := d.row(&row); err != nil {
				return nil, err
			}
			rows = append(rows, row)
		}
		return rows, nil
	})
}

// Totals is as in storage.Ledger.
func (s *Store) Totals(ctx context.Context) ([]storage.Total, error) {
	return read(ctx, s, func(tx *bbolt.Tx) (totals []storage.Total, err error) {
		err = tx.Bucket([]byte(tableNames[totalTable])).ForEach(func(k, v []byte) error {
			d, err := decode(k, v)
			if err != nil {
				return err
			}
			total, err := readTotal(k, d)
			totals = append(totals, total)
			return err
		})
		return totals, err
	})
}
