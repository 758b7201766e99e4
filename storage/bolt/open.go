package bolt

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"

	"mrzbot/storage"
)

// Keys of metaBucket.
const (
	schemaKey = "schema"
	openedKey = "opened"
)

// What is wrong with a file that is not a whole store.
var (
	errEmpty    = fmt.Errorf("%w: the file is empty", storage.ErrDamaged)
	errForeign  = fmt.Errorf("%w: the file was not written by this program", storage.ErrDamaged)
	errTruncate = fmt.Errorf("%w: the file is shorter than it was", storage.ErrDamaged)
)

// Open opens the store in a file. A file that does not exist is made (0600),
// with its folder (0700). ErrInUse, ErrSchema and ErrDamaged say what they say
// in package storage; a damaged file is left as it is.
func Open(path string, opts Options) (*Store, error) {
	s := &Store{
		path:       path,
		ops:        make(chan *op),
		closing:    make(chan struct{}),
		ended:      make(chan struct{}),
		commit:     (*bbolt.Tx).Commit,
		committing: make(chan struct{}, 1),
		memory:     memory{index: newIndex(), holdings: map[string]holding{}, swept: map[string][]byte{}},
	}
	s.usable, s.die = context.WithCancelCause(context.Background())
	defer faults()()
	err := create(path, opts)
	if err == nil {
		err = guard(func() error { return s.open(opts) })
	}
	if err == nil {
		go s.work()
		return s, nil
	}
	if told := explain(path, err); told != err {
		return nil, told
	}
	return nil, fmt.Errorf("storage/bolt: opening %s: %w", path, err)
}

func (s *Store) open(opts Options) (err error) {
	info, err := os.Stat(s.path)
	if err != nil {
		return err
	}
	if info.Size() == 0 { // bbolt would make a store of it
		return errEmpty
	}
	s.db, err = bbolt.Open(s.path, 0o600, &bbolt.Options{
		Timeout: lockWait,
		NoSync:  opts.noSync,
		// The list of free pages is written with each commit: it is short, and
		// without it opening would read the whole file, in a goroutine of
		// bbolt's whose panics nobody can catch.
		NoFreelistSync: false,
		FreelistType:   bbolt.FreelistArrayType,
		NoStatistics:   true,
	})
	if err != nil {
		return unreadable(err)
	}
	err = s.db.View(func(tx *bbolt.Tx) error {
		if err := checkFile(s.path, tx); err != nil || tx.Size() > wholeFile {
			return err
		}
		return check(context.Background(), tx)
	})
	if err == nil {
		err = s.db.Update(func(tx *bbolt.Tx) error { return s.start(&batch{Store: s, tx: tx}) })
	}
	if err != nil {
		return errors.Join(err, s.db.Close())
	}
	return nil
}

// checkFile reports whether the file is a whole one that this program reads.
func checkFile(path string, tx *bbolt.Tx) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Size() < tx.Size() {
		return errTruncate
	}
	version, err := schemaOf(tx)
	if err != nil {
		return err
	}
	if version > schema {
		return storage.ErrSchema
	}
	for _, name := range bucketsOf(version) {
		if tx.Bucket([]byte(name)) == nil {
			return errForeign
		}
	}
	if tx.Bucket([]byte(metaBucket)).Get([]byte(loadingKey)) != nil {
		return errHalf
	}
	return nil
}

func schemaOf(tx *bbolt.Tx) (uint64, error) {
	meta := tx.Bucket([]byte(metaBucket))
	if meta == nil {
		return 0, errForeign
	}
	return number(meta, schemaKey)
}

func number(meta *bbolt.Bucket, key string) (uint64, error) {
	n, size := binary.Uvarint(meta.Get([]byte(key)))
	if size <= 0 {
		return 0, errForeign
	}
	return n, nil
}

// start counts the opening, makes a file of an older version one of this, and reads
// what is kept in memory.
func (s *Store) start(b *batch) error {
	meta := b.tx.Bucket([]byte(metaBucket))
	opened, err := number(meta, openedKey)
	if err != nil {
		return err
	}
	version, err := schemaOf(b.tx)
	if err != nil {
		return err
	}
	if err := migrate(b, version); err != nil {
		return err
	}
	s.opened = opened + 1
	if err := putNumbers(meta, s.opened); err != nil {
		return err
	}
	return b.readMemory()
}

// putNumbers stages what metaBucket says of a store of this schema.
func putNumbers(meta *bbolt.Bucket, opened uint64) error {
	return errors.Join(
		meta.Put([]byte(openedKey), binary.AppendUvarint(nil, opened)),
		meta.Put([]byte(schemaKey), binary.AppendUvarint(nil, schema)))
}

func (b *batch) readMemory() error {
	b.index, b.quarantined = newIndex(), 0
	for range quarantineTable.all(b) {
		b.quarantined++
	}
	b.readTasks(b.index)
	return b.err
}

// readTasks reads the unfinished tasks and the retained ones into an index.
func (b *batch) readTasks(x *index) {
	for t := range taskTable.all(b) {
		if t.Until.IsZero() {
			x.add(&entry{task: t.Task, old: true})
		} else {
			x.retained.add(t.retained())
		}
	}
}

// create makes an empty store if there is no file.
func create(path string, opts Options) error {
	if _, err := os.Lstat(path); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	err := whole(path, func(temp string) error {
		if err := fill(temp, opts); err != nil {
			return fmt.Errorf("making a new store: %w", err)
		}
		return nil
	}, link)
	if errors.Is(err, fs.ErrExist) {
		return nil // another process made it meanwhile
	}
	return err
}

// whole makes a file that gets its name when it is whole: so no crash and no
// full disk leaves half a store behind, and one that is found was one.
func whole(path string, write func(temp string) error, place func(temp, path string) error) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, filepath.Base(path)+".new-*") // mode 0600
	if err != nil {
		return err
	}
	temp := f.Name()
	defer os.Remove(temp)
	if err := f.Close(); err != nil {
		return err
	}
	if err := write(temp); err != nil {
		return err
	}
	if err := place(temp, path); err != nil {
		return err
	}
	// The name of a new file outlives a power cut where a folder can be synced.
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
	return nil
}

// link gives a file its name. Unlike a rename it leaves alone what another
// process made meanwhile; not every file system has links.
func link(temp, path string) error {
	err := os.Link(temp, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	return os.Rename(temp, path)
}

func fill(path string, opts Options) error {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockWait, NoSync: opts.noSync})
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		if err := makeBuckets(tx); err != nil {
			return err
		}
		return putNumbers(tx.Bucket([]byte(metaBucket)), 0)
	})
	return errors.Join(err, db.Close())
}

func makeBuckets(tx *bbolt.Tx) error {
	for _, name := range buckets {
		if _, err := tx.CreateBucketIfNotExists([]byte(name)); err != nil {
			return err
		}
	}
	return nil
}
