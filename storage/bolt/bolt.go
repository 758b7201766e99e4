// Package bolt keeps a storage.Store in one file, with go.etcd.io/bbolt. It is
// the engine for one process; several replicas need a SQL database.
//
// The unfinished tasks are held in memory beside the file, so that a claim
// reads nothing; the rest (ledger, people, names of finished tasks) is read
// when it is asked for, so that opening a large store is quick. All changes go
// through one goroutine, which commits whatever operations wait at that moment
// in one transaction of the file: see writer.go.
//
// It is not the place for rules of the contract: what a method does is written
// in package storage, and checked by storage/storagetest.
package bolt

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"mrzbot/storage"
)

// Options bounds a store; the zero value is fine.
type Options struct {
	// MaxSize is the size in bytes beyond which the file does not grow: what
	// needs more room fails, as it does on a full disk. 0: no bound.
	MaxSize int

	noSync bool // tests of what is not about the disk need not wait for it
}

// Store is a store in a file. Open makes it.
type Store struct {
	path string
	db   *bbolt.DB
	file *os.File // the file behind db, which does not let go of it after a panic

	pageSize int

	queue  queue
	ended  chan struct{} // closed when the writer has returned
	dead   chan struct{} // closed when the file cannot be used any more
	why    error         // what dead is about; read it when dead is closed
	dying  sync.Once
	closed sync.Once

	commit func(*bbolt.Tx) error // (*bbolt.Tx).Commit; tests let it fail
	dumps  dumps

	memory // the writer's, and nobody else's
}

// memory is what is known besides the file.
type memory struct {
	index   *index
	unsaved map[*entry]struct{} // claimed tasks whose tries are not in the file yet
	counters

	holdings map[string]holding // of leadership, by name

	opened  uint64 // how often the file was opened: no lease has the name of an older one
	leases  uint64 // leases given since
	batches uint64 // batches begun since

	adds, holds, taken uint64 // what happened since, so that some of it sweeps
	names, takes       []byte // keys at which sweeping goes on

	overdue bool  // the next transaction sweeps the shelf
	swept   int64 // when a claim last asked for that, µs
}

func newMemory() memory {
	return memory{
		index: newIndex(), unsaved: map[*entry]struct{}{}, holdings: map[string]holding{},
	}
}

// counters are what a batch that fails sets back, besides the index.
type counters struct {
	seq   uint64 // the last Seq given
	aside int    // tasks put aside
}

var _ storage.Store = (*Store)(nil)

// Ready reports whether the store can be written now, by writing.
func (s *Store) Ready(ctx context.Context) error {
	return s.write(ctx, func(b *batch) error {
		b.writes++
		return nil
	})
}

// Close writes what is left to be written, ends all leases and lets go of the
// file. Operations that were called before it are finished, unless the disk
// does not answer.
func (s *Store) Close() (err error) {
	s.closed.Do(func() {
		s.queue.close()
		late := time.NewTimer(answerTime)
		defer late.Stop()
		select {
		case <-s.ended:
		case <-s.dead:
		case <-late.C:
			err = fmt.Errorf("closing %s: %w", s.path, errStuck)
			return
		}
		if s.isDead() {
			// bbolt may hold its locks for ever: closing it could hang.
			letGo(s.file)
		} else {
			err = guard(s.db.Close)
		}
		if err != nil {
			err = fmt.Errorf("storage/bolt: closing %s: %w", s.path, err)
		}
	})
	return err
}

// Times of the engine's own.
const (
	// lockWait is how long Open waits for another process: one try. bbolt
	// takes 0 for ever.
	lockWait = time.Millisecond

	// triesDelay is how long the count of tries of a claimed task waits for
	// company on its way to the file: about as long as a picture takes to be
	// downloaded, after which Begin comes by. At most one try of a task waits.
	triesDelay = 2 * time.Second

	// answerTime is how long a call waits for the disk in all: far beyond what a
	// slow card needs that a backup is read from at the same time.
	answerTime = 10 * time.Second

	// shelfPause is the time between two sweeps of the shelf, by the clock of
	// those who claim: under load the commit it takes is shared by many tasks.
	shelfPause = time.Second
)
