package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

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
	return s.viewBeside(ctx, func(b *batch) error { return check(ctx, b.tx) })
}

// check looks at all that a file holds. bbolt's own check, which comes last, runs in
// a goroutine whose faults nobody can catch, and believes what pages say of their
// length: so all is read before.
func check(ctx context.Context, tx *bbolt.Tx) error {
	if err := checkPages(tx); err != nil {
		return err
	}
	if err := checkValues(ctx, tx); err != nil {
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
// before it ends, and what is on it lies within it. A length that is not what it was has
// bbolt read other memory of the process, or ask for gigabytes at the next commit.
func checkPages(tx *bbolt.Tx) error {
	file, err := os.Open(tx.DB().Path())
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	size := tx.DB().Info().PageSize
	total := int(tx.Size() / int64(size))
	for id := 0; id < total; id++ {
		page, err := tx.Page(id)
		switch {
		case err != nil:
			return err
		case page == nil:
			return nil // the end of what is in use
		case page.Type == "free":
			continue
		case strings.HasPrefix(page.Type, "unknown"), page.OverflowCount >= total-id:
			return errPage
		case page.Type == "leaf", page.Type == "branch":
			data := make([]byte, (1+page.OverflowCount)*size)
			if _, err := file.ReadAt(data, int64(id)*int64(size)); errors.Is(err, io.EOF) {
				return errTruncate
			} else if err != nil {
				return err
			}
			if !within(data, page.Count, page.Type == "leaf") {
				return errPage
			}
		}
		id += page.OverflowCount
	}
	return nil
}

// within reports whether all keys and values lie on their page. A page of bbolt's is a
// head of 16 bytes, as many for each key, and the keys with their values. Of the 16 the
// place comes first, counted from themselves, then the sizes; on leaves behind flags.
func within(page []byte, count int, leaf bool) bool {
	const head = 16
	for i := range count {
		at, left := head+head*i, head*(count-i)
		if at+left > len(page) {
			return false
		}
		number := func(n int) int { return int(binary.NativeEndian.Uint32(page[at+4*n:])) }
		place, size := number(0), number(1)
		if leaf {
			place, size = number(1), number(2)+number(3)
		}
		if place < left || size > len(page) || at+place+size > len(page) {
			return false
		}
	}
	return true
}

// checkValues holds each value against its checksum, and finds each key as a look-up
// does. Payloads have a checksum since schema 4.
func checkValues(ctx context.Context, tx *bbolt.Tx) error {
	version, err := schemaOf(tx)
	if err != nil {
		return err
	}
	for _, name := range bucketsOf(version) {
		bare := name == metaBucket || name == payloadBucket && version < 4
		bucket := tx.Bucket([]byte(name))
		finder, n := bucket.Cursor(), 0
		err := bucket.ForEach(func(k, v []byte) error {
			if n++; n%1000 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if found, _ := finder.Seek(k); !bytes.Equal(found, k) {
				return errPage
			}
			if bare {
				return nil
			}
			_, err := checked(k, v)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
