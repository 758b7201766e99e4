package bolt

import (
	"context"

	"go.etcd.io/bbolt"

	"mrzbot/storage"
)

// AddAudit is as in storage.Audit.
func (s *Store) AddAudit(ctx context.Context, a storage.AuditEntry) error {
	if err := a.Check(); err != nil {
		return err
	}
	return s.write(ctx, func(b *batch) error {
		seq, err := b.bucket(auditTable).NextSequence()
		if err != nil {
			return err
		}
		a.Seq = seq
		return b.saveAudit(&a)
	})
}

func (b *batch) saveAudit(a *storage.AuditEntry) error {
	return b.put(auditTable, appendUint(nil, a.Seq), func(enc *encoder) { enc.audit(a) })
}

// AuditEntries is as in storage.Audit.
func (s *Store) AuditEntries(ctx context.Context, before uint64, most int) ([]storage.AuditEntry, error) {
	return read(ctx, s, func(tx *bbolt.Tx) (entries []storage.AuditEntry, err error) {
		c := tx.Bucket([]byte(tableNames[auditTable])).Cursor()
		var k, v []byte
		if before > 0 {
			k, _ = c.Seek(appendUint(nil, before))
		}
		if k != nil {
			k, v = c.Prev()
		} else {
			k, v = c.Last()
		}
		for ; k != nil && len(entries) < most; k, v = c.Prev() {
			d, err := decode(k, v)
			if err != nil {
				return nil, err
			}
			r, err := dumpAudit(k, d)
			if err != nil {
				return nil, err
			}
			entries = append(entries, *r.Audit)
		}
		return entries, nil
	})
}

func dumpAudit(k []byte, d decoder) (storage.Record, error) {
	var a storage.AuditEntry
	if err := readSeq(k, &a.Seq); err != nil {
		return storage.Record{}, err
	}
	return storage.Record{Audit: &a}, d.audit(&a)
}
