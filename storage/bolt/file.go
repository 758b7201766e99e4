package bolt

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"

	"mrzbot/storage"
)

// schema is the version of what is in the file. A change that older versions
// of the program could not read raises it. 2: finished tasks that are kept.
// 3: when tasks were put off, and when windows began.
const schema = 3

// table is one of the file's buckets.
type table int

// The tables. Numbers in keys are 8 bytes, so that they sort.
const (
	metaTable    table = iota // "schema", "opened" → number
	taskTable                 // Seq → record of a task that is unfinished, or kept
	payloadTable              // Seq → payload, written only when it changes
	nameTable                 // ID → since when it is remembered
	asideTable                // time, Seq → record of a task put aside, reason
	countTable                // day, person → settled attempts
	ledgerTable               // end, Seq → row
	totalTable                // outcome, charge, counted → number
	personTable               // user id → person
	takeTable                 // key → end of the window, uses
	settingTable              // key → value
	tables                    // how many there are
)

// tableNames are the names of the buckets.
var tableNames = [tables]string{
	"meta", "tasks", "payloads", "names", "aside", "counts", "ledger", "totals", "people", "takes", "settings",
}

// Keys of metaTable.
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
	if err := create(path, opts); err != nil {
		return nil, explainOpen(path, err)
	}
	s := &Store{
		path:   path,
		queue:  queue{wake: make(chan struct{}, 1)},
		ended:  make(chan struct{}),
		dead:   make(chan struct{}),
		commit: (*bbolt.Tx).Commit,
		memory: newMemory(),
	}
	defer faults()()
	err := guard(func() error { return s.open(opts) })
	if err != nil {
		if s.file != nil {
			letGo(s.file)
		}
		return nil, explainOpen(path, err)
	}
	go s.work()
	return s, nil
}

func (s *Store) open(opts Options) (err error) {
	s.db, err = bbolt.Open(s.path, 0o600, &bbolt.Options{
		Timeout: lockWait,
		MaxSize: opts.MaxSize,
		NoSync:  opts.noSync,
		// The list of free pages is written with each commit: it is short, and
		// without it opening would read the whole file, in a goroutine of
		// bbolt's whose panics nobody can catch.
		NoFreelistSync: false,
		FreelistType:   bbolt.FreelistArrayType,
		NoStatistics:   true,
		OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
			f, err := os.OpenFile(name, flag&^os.O_CREATE, mode)
			if err != nil {
				return nil, err
			}
			info, err := f.Stat()
			if err == nil && info.Size() == 0 {
				err = errEmpty
			}
			if err == nil {
				err = checkList(f)
			}
			if err != nil {
				_ = f.Close()
				return nil, err
			}
			s.file = f
			return f, nil
		},
	})
	if err != nil {
		return unreadable(err)
	}
	s.pageSize = s.db.Info().PageSize
	if err := checkTree(s.file, s.pageSize, wholeTree); err != nil {
		return errors.Join(err, s.db.Close())
	}
	err = s.db.Update(func(tx *bbolt.Tx) error {
		if err := s.checkFile(tx); err != nil {
			return err
		}
		return s.load(tx)
	})
	if err != nil {
		return errors.Join(err, s.db.Close())
	}
	return nil
}

// checkFile reports whether the file is a whole one that this program reads.
func (s *Store) checkFile(tx *bbolt.Tx) error {
	info, err := s.file.Stat()
	if err != nil {
		return err
	}
	if info.Size() < tx.Size() {
		return errTruncate
	}
	meta := tx.Bucket([]byte(tableNames[metaTable]))
	if meta == nil {
		return errForeign
	}
	version, err := number(meta, schemaKey)
	if err != nil {
		return err
	}
	if version > schema {
		return storage.ErrSchema
	}
	for _, name := range tableNames {
		if tx.Bucket([]byte(name)) == nil {
			return errForeign
		}
	}
	if meta.Get([]byte(loadingKey)) != nil {
		return errHalf
	}
	return nil
}

// load counts the opening and reads what is kept in memory.
func (s *Store) load(tx *bbolt.Tx) error {
	meta := tx.Bucket([]byte(tableNames[metaTable]))
	opened, err := number(meta, openedKey)
	if err != nil {
		return err
	}
	s.opened = opened + 1
	if err := meta.Put([]byte(openedKey), binary.AppendUvarint(nil, s.opened)); err != nil {
		return err
	}
	// A file of an older version is one of this version from now on.
	if err := meta.Put([]byte(schemaKey), binary.AppendUvarint(nil, schema)); err != nil {
		return err
	}
	s.seq = tx.Bucket([]byte(tableNames[taskTable])).Sequence()
	if err := loadTasks(tx, s.index); err != nil {
		return err
	}
	aside := tx.Bucket([]byte(tableNames[asideTable])).Cursor()
	for k, _ := aside.First(); k != nil; k, _ = aside.Next() {
		s.aside++
	}
	return nil
}

// loadTasks reads the unfinished tasks and the kept ones into an index.
func loadTasks(tx *bbolt.Tx, x *index) error {
	return tx.Bucket([]byte(tableNames[taskTable])).ForEach(func(k, v []byte) error {
		e := &entry{old: true}
		d, err := decode(k, v)
		if err != nil || len(k) != 8 {
			return cmp.Or(err, errValue)
		}
		until, kept, err := d.task(&e.task)
		if err != nil {
			return err
		}
		e.task.Seq = binary.BigEndian.Uint64(k)
		if kept {
			x.shelf.put(&keptTask{id: e.task.ID, order: e.task.Order, seq: e.task.Seq, until: until})
			return nil
		}
		x.link(e)
		return nil
	})
}

// number reads a number of metaTable.
func number(meta *bbolt.Bucket, key string) (uint64, error) {
	n, size := binary.Uvarint(meta.Get([]byte(key)))
	if size <= 0 {
		return 0, errForeign
	}
	return n, nil
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
	syncFolder(dir)
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

// fill writes an empty store.
func fill(path string, opts Options) error {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockWait, NoSync: opts.noSync})
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, name := range tableNames {
			if _, err := tx.CreateBucket([]byte(name)); err != nil {
				return err
			}
		}
		meta := tx.Bucket([]byte(tableNames[metaTable]))
		if err := meta.Put([]byte(openedKey), []byte{0}); err != nil {
			return err
		}
		return meta.Put([]byte(schemaKey), binary.AppendUvarint(nil, schema))
	})
	return errors.Join(err, db.Close())
}

// syncFolder lets the name of a new file outlive a power cut, on systems where
// a folder can be synced; elsewhere there is nothing to be done.
func syncFolder(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}
