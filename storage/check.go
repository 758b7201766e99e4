package storage

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Bounds of what is stored, the same in every engine.
const (
	// MaxText is the longest string kept, in bytes: names, keys, codes.
	// Telegram's file_id, the longest of them, stays under 200; an index row of
	// PostgreSQL takes 2,700.
	MaxText = 1024

	// MaxPayload is the longest payload, in bytes. An update stays under
	// 100 KB; the bound keeps one task from filling the store.
	MaxPayload = 4 << 20
)

// Check reports as ErrInvalid what no engine stores: a task without ID, kind
// or Added, texts that CheckText refuses, a payload above MaxPayload, and times
// outside the years 1 to 9999.
func (t Task) Check() error {
	if t.ID == "" || t.Kind == "" || t.Added.IsZero() {
		return fmt.Errorf("%w: a task needs an ID, a kind and the time when it was added", ErrInvalid)
	}
	if len(t.Payload) > MaxPayload {
		return fmt.Errorf("%w: a payload of %d bytes", ErrInvalid, len(t.Payload))
	}
	if err := CheckText(t.ID, string(t.Kind), t.Order, t.FileID, string(t.Waiting.For), t.RepeatOf); err != nil {
		return err
	}
	return CheckTime(t.Added, t.NotBefore, t.PutOff, t.Waiting.Since)
}

// Check reports as ErrInvalid what no engine stores, as Task's does.
func (b Begin) Check() error {
	if b.Day == "" || b.Now.IsZero() {
		return fmt.Errorf("%w: an attempt needs a day and a time", ErrInvalid)
	}
	if err := CheckText(string(b.Day)); err != nil {
		return err
	}
	return CheckTime(b.Now)
}

// Check reports as ErrInvalid what no engine stores, as Task's does.
func (h Hold) Check() error {
	if h.Outcome == "" || h.Now.IsZero() {
		return fmt.Errorf("%w: an answer needs an outcome and a time", ErrInvalid)
	}
	if len(h.Payload) > MaxPayload {
		return fmt.Errorf("%w: a payload of %d bytes", ErrInvalid, len(h.Payload))
	}
	if err := CheckText(h.Outcome, string(h.Charge), h.Session, string(h.Day)); err != nil {
		return err
	}
	return CheckTime(h.Now)
}

// TotalDay gives the day that an attempt belongs to in the totals.
func (h Hold) TotalDay(a Attempt) Day {
	switch {
	case a.Day != "":
		return a.Day
	case h.Day != "":
		return h.Day
	}
	return DayOf(h.Now, time.UTC)
}

// Check reports as ErrInvalid what no engine stores, as Task's does.
func (p Postpone) Check() error {
	if p.Now.IsZero() {
		return fmt.Errorf("%w: a task is put off at some time", ErrInvalid)
	}
	if err := CheckText(string(p.Waiting.For)); err != nil {
		return err
	}
	return CheckTime(p.Now, p.Until, p.Waiting.Since)
}

// Check reports as ErrInvalid what no engine stores, as Task's does.
func (k Retain) Check() error {
	if k.Until.IsZero() {
		return fmt.Errorf("%w: a task is kept until some time", ErrInvalid)
	}
	if err := CheckText(k.RepeatOf); err != nil {
		return err
	}
	return CheckTime(k.Until)
}

// Check reports as ErrInvalid what no engine looks for.
func (r WakeWaiting) Check() error {
	if r.Kind == "" {
		return fmt.Errorf("%w: tasks are woken by kind", ErrInvalid)
	}
	if err := CheckText(string(r.Kind), string(r.For)); err != nil {
		return err
	}
	return CheckTime(r.Now)
}

// CheckText reports as ErrInvalid a text that is longer than MaxText, is not
// UTF-8 or holds a NUL, which SQL has no place for.
func CheckText(texts ...string) error {
	for _, s := range texts {
		if len(s) > MaxText || !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
			return fmt.Errorf("%w: a text is too long or no plain UTF-8", ErrInvalid)
		}
	}
	return nil
}

// CheckKey reports as ErrInvalid a key that is empty, or no text that is stored.
func CheckKey(key string) error {
	if key == "" {
		return fmt.Errorf("%w: an empty key", ErrInvalid)
	}
	return CheckText(key)
}

// CheckSetting reports as ErrInvalid what no engine stores of a setting.
func CheckSetting(key string, value []byte) error {
	if len(value) > MaxPayload {
		return fmt.Errorf("%w: a setting of %d bytes", ErrInvalid, len(value))
	}
	return CheckKey(key)
}

// The first second of year 1 and the last of year 9999, in Unix time.
const (
	firstSecond = -62135596800
	lastSecond  = 253402300799
)

// CheckTime reports as ErrInvalid a time outside the years 1 to 9999.
func CheckTime(times ...time.Time) error {
	for _, t := range times {
		if s := t.Unix(); s < firstSecond || s > lastSecond {
			return fmt.Errorf("%w: a time outside the years 1 to 9999", ErrInvalid)
		}
	}
	return nil
}

// CutName gives what is kept of a display name: valid UTF-8 without NUL, at
// most MaxName characters.
func CutName(name string) string {
	name = strings.ReplaceAll(strings.ToValidUTF8(name, ""), "\x00", "")
	n := 0
	for i := range name {
		if n == MaxName {
			return name[:i]
		}
		n++
	}
	return name
}
