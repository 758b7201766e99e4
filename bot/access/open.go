package access

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"mrzbot/bot/outage"
	"mrzbot/bot/outbox"
	"mrzbot/storage"
)

// openKey is the setting that lists the requests which wait for a decision, the
// oldest first: for each the name of its task and when it was made.
const openKey = "requests"

const (
	// maxOpen is how many requests wait at once: what is more no admin looks through.
	maxOpen = 20

	// underway is how long a request may be listed before it is kept: its task ends
	// after it was listed.
	underway = time.Hour
)

// openRequest is an entry of the list.
type openRequest struct {
	name string
	at   time.Time
}

// listOpen reads the list, without requests whose time is over, or was noted by a clock
// that was ahead.
func (a *Access) listOpen(setting []byte) (list []openRequest) {
	words := strings.Fields(string(setting))
	for i := 0; i+1 < len(words); i += 2 {
		seconds, _ := strconv.ParseInt(words[i+1], 10, 64)
		if at := time.Unix(seconds, 0); a.Now().Before(at.Add(outbox.CardFor)) && !at.After(a.Now().Add(storage.ClockSlack)) {
			list = append(list, openRequest{words[i], at})
		}
	}
	return list
}

// changeOpen alters the list.
func (a *Access) changeOpen(ctx context.Context, change func([]openRequest) []openRequest) error {
	_, err := a.Store.ChangeSetting(ctx, openKey, func(old []byte) ([]byte, error) {
		var words []string
		for _, r := range change(a.listOpen(old)) {
			words = append(words, r.name, strconv.FormatInt(r.at.Unix(), 10))
		}
		if words == nil {
			return nil, nil
		}
		return []byte(strings.Join(words, " ")), nil
	})
	if err != nil {
		return outage.StoreError{Err: err}
	}
	return nil
}

// enlist puts a request on the list. It is false when there are too many.
func (a *Access) enlist(ctx context.Context, name string) (ok bool, err error) {
	add := func(list []openRequest) []openRequest {
		listed := slices.ContainsFunc(list, func(r openRequest) bool { return r.name == name })
		if ok = listed || len(list) < maxOpen; !ok || listed {
			return list
		}
		return append(list, openRequest{name, a.Now()})
	}
	if err = a.changeOpen(ctx, add); ok || err != nil {
		return ok, err
	}
	// Some may be decided: a program that died has left them on the list.
	if err = a.delist(ctx, ""); err != nil {
		return false, err
	}
	err = a.changeOpen(ctx, add)
	return ok, err
}

// delist takes a request off the list, and all that are decided.
func (a *Access) delist(ctx context.Context, name string) error {
	setting, err := a.Store.Setting(ctx, openKey)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	over := map[string]bool{name: true}
	for _, r := range a.listOpen(setting) {
		t, kept, err := a.Store.Retained(ctx, r.name, a.Now())
		if err != nil {
			return outage.StoreError{Err: err}
		}
		if kept && t.ConsumedBy != "" || !kept && a.Now().Sub(r.at) > underway {
			over[r.name] = true
		}
	}
	return a.changeOpen(ctx, func(list []openRequest) []openRequest {
		return slices.DeleteFunc(list, func(r openRequest) bool { return over[r.name] })
	})
}

// openRequests gives the requests that wait for a decision, the oldest first.
func (a *Access) openRequests(ctx context.Context) (open []storage.Task, err error) {
	setting, err := a.Store.Setting(ctx, openKey)
	if err != nil {
		return nil, outage.StoreError{Err: err}
	}
	for _, r := range a.listOpen(setting) {
		t, kept, err := a.Store.Retained(ctx, r.name, a.Now())
		if err != nil {
			return nil, outage.StoreError{Err: err}
		}
		if kept && t.Request && t.ConsumedBy == "" {
			open = append(open, t)
		}
	}
	return open, nil
}
