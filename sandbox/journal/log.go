package journal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"
)

// maxLogLine bounds a line of the bot's log; a longer one is cut.
const maxLogLine = 64 << 10

// LogWriter takes the log of a bot that writes JSON (LOG_FORMAT=json), a line
// an entry. What is no JSON, such as the runtime's last words, is kept as it is.
func (j *Journal) LogWriter() *LogWriter { return &LogWriter{journal: j} }

// LogWriter is an io.Writer of Journal.LogWriter.
type LogWriter struct {
	journal *Journal
	mu      sync.Mutex
	line    []byte
}

// Write never fails.
func (w *LogWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for rest := p; len(rest) > 0; {
		line, more, ended := bytes.Cut(rest, []byte("\n"))
		w.line = append(w.line, line[:min(len(line), maxLogLine-len(w.line))]...)
		if ended {
			w.journal.Add(logEntry(w.line))
			w.line = w.line[:0]
		}
		rest = more
	}
	return len(p), nil
}

// logEntry reads a line of a log, as log/slog writes it.
func logEntry(line []byte) Entry {
	e := Entry{At: time.Now().UnixMilli(), Source: FromBot}
	var fields map[string]any
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if err := d.Decode(&fields); err != nil {
		e.What, e.Bad = Shorten(string(line), maxEntryField), true
		return e
	}
	for _, name := range namesOf(line) {
		value := fmt.Sprint(fields[name])
		switch name {
		case "time":
			if at, err := time.Parse(time.RFC3339Nano, value); err == nil {
				e.At = at.UnixMilli()
			}
		case "level":
			e.Bad = value == "WARN" || value == "ERROR"
			e.Fields = append(e.Fields, Field{name, value})
		case "msg":
			e.What = value
		case "update_id":
			e.Update, _ = strconv.ParseInt(value, 10, 64) // 0: none
		case "user_id":
			e.Person, _ = strconv.ParseInt(value, 10, 64) // 0: none
		case "took", "pause", "at_most": // log/slog writes nanoseconds
			if n, err := strconv.ParseInt(value, 10, 64); err == nil && n > 1000 { // smaller ones count something
				value = time.Duration(n).Round(time.Microsecond).String()
			}
			e.Fields = append(e.Fields, Field{name, value})
		default:
			e.Fields = append(e.Fields, Field{name, value})
		}
	}
	return e
}

// namesOf is the names of an object in the order in which they were written.
func namesOf(object []byte) []string {
	d := json.NewDecoder(bytes.NewReader(object))
	var names []string
	depth := 0
	name := true // the next token of the object itself is a name
	for {
		t, err := d.Token()
		if err != nil {
			return names
		}
		switch delim, isDelim := t.(json.Delim); {
		case isDelim && (delim == '{' || delim == '['):
			depth++
			continue
		case isDelim:
			depth--
		case depth == 1 && name:
			if s, ok := t.(string); ok && !slices.Contains(names, s) {
				names = append(names, s)
			}
			name = false
			continue
		}
		if depth == 1 {
			name = true
		}
	}
}
