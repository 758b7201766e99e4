package storage

import (
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What earlier versions of the program kept in words of their own, for whoever reads
// what they wrote: older files, tables and backups.

// ReadNote sets what a task's note said, the one text in which earlier versions kept
// what its handler had to remember: what it waits for and since when
// ("service 1700000000"), its reply and the task whose answer that repeats ("55" or
// "55 update:7"), or that it is a request ("ask"). Other notes said what is plain
// without them.
func (t *Task) ReadNote(note string) {
	word, rest, _ := strings.Cut(note, " ")
	if note == "ask" {
		t.Request = true
		return
	}
	if what := Outage(word); what == OutageService || what == OutageDownload {
		if sec, err := strconv.ParseInt(rest, 10, 64); err == nil && sec >= 0 && sec <= lastSecond {
			t.Waiting = Waiting{For: what, Since: time.Unix(sec, 0).UTC()}
		}
		return
	}
	if reply, err := strconv.ParseUint(word, 10, 31); err == nil {
		t.Reply, t.RepeatOf = int(reply), rest
	}
}

// ShutOutSetting is the beginning of the key of a setting in which earlier versions
// kept when somebody was last shut out.
const ShutOutSetting = "shut_out:"

// ReadShutOut reads such a setting; ok is false for any other.
func ReadShutOut(key string, value []byte) (person int64, at time.Time, ok bool) {
	id, ok := strings.CutPrefix(key, ShutOutSetting)
	if !ok {
		return 0, at, false
	}
	person, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0, at, false
	}
	micros, err := strconv.ParseInt(string(value), 10, 64)
	if at = time.UnixMicro(micros).UTC(); err != nil || CheckTime(at) != nil {
		return 0, at, false
	}
	return person, at, true
}

// MoveShutOuts puts what an earlier version's dump has in settings, when people were
// last shut out, into the records of these people, who may have none yet.
func MoveShutOuts(records iter.Seq2[Record, error]) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		left := map[int64]time.Time{}
		others := func() bool {
			for _, id := range slices.Sorted(maps.Keys(left)) {
				if !yield(Record{Person: &Person{ID: id, ShutOut: left[id]}}, nil) {
					return false
				}
			}
			clear(left)
			return true
		}
		for r, err := range records {
			switch {
			case err != nil:
				yield(Record{}, err)
				return
			case r.Setting != nil && strings.HasPrefix(r.Setting.Key, ShutOutSetting):
				if id, at, ok := ReadShutOut(r.Setting.Key, r.Setting.Value); ok {
					left[id] = at
				}
				continue
			case r.Person != nil:
				if at, ok := left[r.Person.ID]; ok {
					r.Person.ShutOut = at
					delete(left, r.Person.ID)
				}
			case r.Setting == nil && r.Window == nil && r.Invite == nil && r.Audit == nil: // behind the people
				if !others() {
					return
				}
			}
			if !yield(r, nil) {
				return
			}
		}
		others()
	}
}
