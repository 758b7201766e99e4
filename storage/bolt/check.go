package bolt

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"unsafe"

	"go.etcd.io/bbolt"

	"mrzbot/storage"
)

// wholeFile is the size in bytes up to which a file is checked whole when it is
// opened: some hundred thousand attempts, read in a blink. Opening a larger one
// must not mean reading it: there mrzbot check does it.
const wholeFile = 64 << 20

var errPage = fmt.Errorf("%w: a page is not what it was", storage.ErrDamaged)

// Check reads the whole file, and looks at every checksum and every page.
func (s *Store) Check(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.view(func(tx *bbolt.Tx) error { return check(ctx, tx) })
}

// check looks at all that a file holds. bbolt's own check, which comes last,
// believes what pages say of their length and of where their keys are, in a
// goroutine whose faults nobody can catch: so these are read before.
func check(ctx context.Context, tx *bbolt.Tx) error {
	if err := checkPages(tx); err != nil {
		return err
	}
	err := tx.ForEach(func(name []byte, bucket *bbolt.Bucket) error {
		if !inside(tx, name) {
			return errPage
		}
		return checkTable(ctx, string(name), bucket)
	})
	if err != nil {
		return err
	}
	var first error
	for err := range tx.Check(bbolt.WithKVStringer(nameless{})) { // to the end, or its goroutine stays
		if first == nil {
			first = fmt.Errorf("%w: %w", storage.ErrDamaged, err)
		}
	}
	return first
}

// nameless keeps keys and values, which may be longer than they were, out of
// errors.
type nameless struct{}

func (nameless) KeyToString([]byte) string   { return "" }
func (nameless) ValueToString([]byte) string { return "" }

// checkPages looks at what the pages say of themselves: each begins where the one
// before it ends.
func checkPages(tx *bbolt.Tx) error {
	total := int(tx.Size() / int64(tx.DB().Info().PageSize))
	for id := 0; id < total; id++ {
		page, err := tx.Page(id)
		switch {
		case err != nil:
			return err
		case page == nil:
			return nil // the end of what is in use
		case page.Type == "free":
		case strings.HasPrefix(page.Type, "unknown"), page.OverflowCount >= total-id:
			return errPage
		default:
			id += page.OverflowCount
		}
	}
	return nil
}

// inside reports whether bytes lie in the file's memory. A page may say that a key
// is elsewhere, where the process has other things.
func inside(tx *bbolt.Tx, b []byte) bool {
	at, file := uintptr(unsafe.Pointer(unsafe.SliceData(b))), tx.DB().Info().Data
	return len(b) == 0 || at >= file && at-file+uintptr(len(b)) <= uintptr(tx.Size())
}

// checkTable reads each value of a table, and finds each key as a look-up does.
func checkTable(ctx context.Context, name string, bucket *bbolt.Bucket) error {
	finder, c := bucket.Cursor(), bucket.Cursor()
	var last []byte
	n := 0
	for k, v := c.First(); k != nil; k, v = c.Next() {
		if n++; n%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		// A table without a page of its own may have been copied out of the file.
		if bucket.Root() != 0 && (!inside(bucket.Tx(), k) || !inside(bucket.Tx(), v)) {
			return errPage
		}
		found, _ := finder.Seek(k)
		if !bytes.Equal(found, k) || last != nil && bytes.Compare(k, last) <= 0 {
			return errPage
		}
		last = k
		switch name {
		case tableNames[metaTable]:
		case tableNames[payloadTable]: // a seal of their own says whether they are whole
			if len(k) != 8 || bytes.Count(v, nil) < 0 { // which reads all of it
				return errPage
			}
		default:
			if _, err := decode(k, v); err != nil {
				return err
			}
		}
	}
	return nil
}
