package postgres

import (
	"context"
	"fmt"
	"time"

	"mrzbot/storage"
)

// What was set by a clock that was ahead is found by the clock of a replica. One
// whose own clock is behind would take everything for it, so the server has to
// agree with it: it is the one clock that all replicas share.

// rightPause is how often a store looks for what a wrong clock has left behind:
// another replica's may have been wrong.
const rightPause = time.Minute

// agrees is a condition: the server's clock agrees with a time in µs that is a
// parameter.
func (s *Store) agrees(parameter string) string {
	if s.anyClock {
		return "true"
	}
	return fmt.Sprintf("abs(extract(epoch FROM clock_timestamp()) * 1000000 - %s) < %d", parameter, storage.ClockSlack.Microseconds())
}

// setRight ends what a clock that was ahead has set, at the first call, when the
// time goes back, and now and then.
func (s *Store) setRight(ctx context.Context, at time.Time) error {
	now, last := storage.Micros(at), s.lookedAt.Load()
	if since := now - last; since >= 0 && since < rightPause.Microseconds() || !s.lookedAt.CompareAndSwap(last, now) {
		return nil
	}
	kinds := []storage.Kind{storage.KindPhoto, storage.KindUpdate, storage.KindNotice, storage.KindDelete, storage.KindAlbum, ""}
	waits := make([]int64, len(kinds))
	for i, k := range kinds {
		waits[i] = storage.MaxWait(k).Microseconds()
	}
	_, err := s.exec(ctx, "set right", `SELECT mrzbot.set_right($1, $2, $3, $4, $5, $6) WHERE `+durably+` AND `+s.agrees("$1"),
		now, storage.AfterMicros(now, storage.ClockSlack), storage.MaxLease.Microseconds(), storage.MaxKept.Microseconds(), kindNames(kinds), waits)
	if err != nil {
		s.lookedAt.Store(0)
	}
	return err
}
