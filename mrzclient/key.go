package mrzclient

import (
	"fmt"
	"io"
	"log/slog"
)

const hidden = "[hidden]"

// Key is the API's key. It does not print itself; string(key) gives the text.
type Key string

// String hides the key.
func (Key) String() string { return hidden }

// GoString hides the key from %#v.
func (Key) GoString() string { return hidden }

// Format hides the key from every verb.
func (Key) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, hidden) }

// MarshalText hides the key from JSON and its kind.
func (Key) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue hides the key from logs.
func (Key) LogValue() slog.Value { return slog.StringValue(hidden) }
