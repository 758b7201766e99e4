package ops

import (
	"context"
	"errors"
	"time"

	"mrzbot/storage"
)

// timed measures what the store takes for each step of a task's life. All else
// goes through as it is.
type timed struct {
	storage.Store
	m *Metrics
}

// Timed gives the store with its steps measured.
func (m *Metrics) Timed(s storage.Store) storage.Store { return timed{s, m} }

// expected are answers of the store that are no failures of it.
var expected = []error{
	storage.ErrLost, storage.ErrLimit, storage.ErrBudget, storage.ErrHeld, storage.ErrGone, storage.ErrConsumed,
	context.Canceled,
}

func (s timed) measure(operation string, began time.Time, err error) {
	s.m.store.WithLabelValues(operation).Observe(time.Since(began).Seconds())
	if err == nil {
		return
	}
	for _, e := range expected {
		if errors.Is(err, e) {
			return
		}
	}
	s.m.storeErrors.WithLabelValues(operation).Inc()
}

func (s timed) AddTask(ctx context.Context, t storage.Task) (added bool, err error) {
	began := time.Now()
	added, err = s.Store.AddTask(ctx, t)
	s.measure("add", began, err)
	return added, err
}

func (s timed) Claim(ctx context.Context, c storage.Claim) ([]storage.Task, error) {
	began := time.Now()
	tasks, err := s.Store.Claim(ctx, c)
	s.measure("claim", began, err)
	return tasks, err
}

func (s timed) Begin(ctx context.Context, t storage.Task, b storage.Begin) (storage.Attempt, error) {
	began := time.Now()
	a, err := s.Store.Begin(ctx, t, b)
	s.measure("begin", began, err)
	return a, err
}

func (s timed) Hold(ctx context.Context, t storage.Task, h storage.Hold) (storage.Attempt, error) {
	began := time.Now()
	a, err := s.Store.Hold(ctx, t, h)
	s.measure("hold", began, err)
	return a, err
}

func (s timed) Postpone(ctx context.Context, t storage.Task, p storage.Postpone) error {
	began := time.Now()
	err := s.Store.Postpone(ctx, t, p)
	s.measure("postpone", began, err)
	return err
}

func (s timed) Done(ctx context.Context, t storage.Task, then ...storage.Task) error {
	began := time.Now()
	err := s.Store.Done(ctx, t, then...)
	s.measure("done", began, err)
	return err
}

func (s timed) Retain(ctx context.Context, t storage.Task, r storage.Retain, then ...storage.Task) error {
	began := time.Now()
	err := s.Store.Retain(ctx, t, r, then...)
	s.measure("retain", began, err)
	return err
}
