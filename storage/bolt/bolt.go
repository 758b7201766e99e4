// Package bolt keeps a storage.Store in one file, with go.etcd.io/bbolt. It is
// the engine for one process; several replicas need a SQL database.
//
// The unfinished tasks are held in memory beside the file, so that a claim
// reads nothing; the rest (ledger, people, names of finished tasks) is read
// when it is asked for, so that opening a large store is quick. All changes go
// through one goroutine, which commits whatever operations wait at that moment
// in one transaction of the file. One claim is understood from claim.go (the
// operation), index.go (what is in memory) and writer.go (the commit); what lies in
// the file, and in which form, is in table.go.
//
// It is not the place for rules of the contract: what a method does is written
// in package storage, and checked by storage/storagetest.
package bolt

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"

	"mrzbot/storage"
)

// Options says how a file is opened; the zero value is fine.
type Options struct {
	noSync bool // nobody minds if the file is lost: it is loaded, or a test's
}

// Store is a store in a file. Open makes it. What its methods promise is written in
// package storage; here stands what is this engine's own.
type Store struct {
	path string
	db   *bbolt.DB

	ops     chan *op                // to the writer
	closing chan struct{}           // closed when no more are taken
	ended   chan struct{}           // closed when the writer has returned
	usable  context.Context         // over when the file cannot be used any more; its cause says why
	die     context.CancelCauseFunc // ends the use of the file
	closed  sync.Once

	commit     func(*bbolt.Tx) error // (*bbolt.Tx).Commit; tests let it fail
	committing chan struct{}         // full during a commit, and while a transaction beside the writer begins
	heldUp     atomic.Int64          // how often a commit waited so long that dumps on their way are to end

	memory // the writer's, and nobody else's
}

// memory is what is known besides the file.
type memory struct {
	index       *index
	quarantined int                // how many there are
	holdings    map[string]holding // of leadership, by name

	opened uint64 // how often the file was opened: no lease has the name of an older one
	given  uint64 // leases given since

	adds, holds, taken uint64            // what happened since, so that some of it sweeps
	swept              map[string][]byte // by table, where the next sweep goes on

	dropped int64 // when a claim last removed what is retained no longer, µs
}

var _ storage.Store = (*Store)(nil)

// Ready reports whether the store can be written now, by writing.
func (s *Store) Ready(ctx context.Context) error {
	return s.write(ctx, nil, func(b *batch) error {
		b.writes++
		return nil
	})
}

// Close writes what is left to be written, ends all leases and lets go of the
// file. Operations that were begun before it are finished, unless the disk
// does not answer.
func (s *Store) Close() (err error) {
	s.closed.Do(func() {
		close(s.closing)
		late := time.NewTimer(answerTime)
		defer late.Stop()
		select {
		case <-s.ended:
		case <-s.usable.Done():
		case <-late.C:
			err = fmt.Errorf("closing %s: %w", s.path, errStuck)
			return
		}
		if s.isDead() {
			return // bbolt may hold its locks for ever: closing it could hang
		}
		if err = guard(s.db.Close); err != nil {
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

	// answerTime is how long a call waits for the disk in all: far beyond what a
	// slow card needs that a backup is read from at the same time.
	answerTime = 10 * time.Second
)
