// Package backup is the form in which a store travels: what storage.Copying
// dumps, a record a line in JSON, compressed with gzip. The same form comes
// from every engine and goes into every engine.
//
// Payloads travel as they lie in the store, sealed: only a bot with the same
// token opens them. What the store keeps in the clear, the ids and the names
// that admins gave, is in the clear here too.
//
// It is not the place for files: who makes, syncs and names them is the
// commands' affair.
package backup

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"mrzbot/storage"
)

// form is the version of the form: whatever is added to a record raises it, so
// that an older program does not leave out what it does not know. 2: when tasks
// were put off, when windows began, calls without an answer, invites, audit, totals
// of days and more of a person. 3: what tasks wait for and what is kept of them
// instead of notes, and when people were shut out.
const form = 3

// kind is how a backup says what it is.
const kind = "mrzbot backup"

// Header is the first line.
type Header struct {
	Kind    string
	Form    int
	Version string    // of the program
	Made    time.Time // when the dump began
}

// Counts is what a backup holds, and its last line: one without it is cut.
type Counts struct {
	Records int
	People  int
	Tasks   int // unfinished
	Aside   int
	Rows    int // of the ledger
}

// line is each line after the first.
type line struct {
	storage.Record
	End *Counts `json:",omitempty"`
}

func (c *Counts) add(r storage.Record) {
	c.Records++
	switch {
	case r.Person != nil:
		c.People++
	case r.Task != nil && r.Task.Kind == storage.KindWatch:
		// the bot's own, which no person waits for
	case r.Task != nil:
		c.Tasks++
	case r.Quarantined != nil:
		c.Aside++
	case r.Row != nil:
		c.Rows++
	}
}

// Errors of reading.
var (
	// ErrDamaged says that a backup is not what was written, or not all of it.
	ErrDamaged = errors.New("the backup is damaged or cut short")
	// ErrForeign says that a file is no backup.
	ErrForeign = errors.New("this is no backup of mrzbot")
	// ErrNewer says that a backup holds what this program does not know.
	ErrNewer = errors.New("the backup was made by a newer version of mrzbot")
)

// Write writes a dump. Whatever fails, the backup is then cut, and Read says so.
func Write(w io.Writer, version string, made time.Time, dump iter.Seq2[storage.Record, error]) error {
	zip, _ := gzip.NewWriterLevel(w, gzip.BestSpeed) // the level is valid
	out := bufio.NewWriter(zip)
	enc := json.NewEncoder(out)
	if err := enc.Encode(Header{Kind: kind, Form: form, Version: version, Made: made.UTC()}); err != nil {
		return err
	}
	var counts Counts
	for r, err := range dump {
		if err != nil {
			return err
		}
		counts.add(r)
		if err := enc.Encode(line{Record: r}); err != nil {
			return err
		}
	}
	if err := enc.Encode(line{End: &counts}); err != nil {
		return err
	}
	return errors.Join(out.Flush(), zip.Close())
}

// maxLine bounds the memory that a line of a damaged backup takes: a payload
// in base64 and more than all the rest.
const maxLine = storage.MaxPayload/3*4 + 1<<20

// Reader reads a backup.
type Reader struct {
	Header Header
	Counts Counts // right when Records has come to its end

	source *source
	zip    *gzip.Reader
	limit  *io.LimitedReader
	dec    *json.Decoder
}

// source remembers what went wrong below: that a disk does not read says
// nothing about the backup.
type source struct {
	io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		s.err = err
	}
	return n, err
}

// NewReader reads the first line.
func NewReader(r io.Reader) (*Reader, error) {
	b := &Reader{source: &source{Reader: r}}
	var err error
	if b.zip, err = gzip.NewReader(bufio.NewReader(b.source)); err != nil {
		return nil, cmp.Or(b.source.err, ErrForeign)
	}
	b.limit = &io.LimitedReader{R: b.zip, N: maxLine}
	b.dec = json.NewDecoder(b.limit)
	if err := b.dec.Decode(&b.Header); err != nil || b.Header.Kind != kind {
		return nil, cmp.Or(b.source.err, ErrForeign)
	}
	if b.Header.Form > form {
		return nil, ErrNewer
	}
	b.dec.DisallowUnknownFields()
	return b, nil
}

// Records gives the records, once. One that is damaged, cut or followed by
// something gives an error at that place, so nobody may believe the records
// before the last has come without one.
func (b *Reader) Records() iter.Seq2[storage.Record, error] {
	if b.Header.Form < fieldsForm {
		return storage.MoveShutOuts(b.records())
	}
	return b.records()
}

func (b *Reader) records() iter.Seq2[storage.Record, error] {
	return func(yield func(storage.Record, error) bool) {
		for {
			l, err := b.next()
			if err == nil && l.End == nil {
				b.Counts.add(l.Record)
				if !yield(l.Record, nil) {
					return
				}
				continue
			}
			if err == nil {
				err = b.end(*l.End)
			}
			if err != nil {
				yield(storage.Record{}, err)
			}
			return
		}
	}
}

func (b *Reader) next() (l line, err error) {
	b.limit.N = maxLine
	if b.Header.Form < fieldsForm {
		var e earlierLine
		err = b.dec.Decode(&e)
		l = e.line()
	} else {
		err = b.dec.Decode(&l)
	}
	if err != nil {
		// The decoder's own words may hold what stands in the line.
		return l, fmt.Errorf("%w (record %d)", cmp.Or(b.source.err, ErrDamaged), b.Counts.Records+1)
	}
	return l, nil
}

// end checks that the end is the end, and that nothing is missing.
func (b *Reader) end(said Counts) error {
	b.limit.N = maxLine
	_, err := b.dec.Token()
	// The decoder takes the limit for an end, too.
	n, zipErr := b.zip.Read(make([]byte, 1))
	if !errors.Is(err, io.EOF) || n != 0 || !errors.Is(zipErr, io.EOF) || said != b.Counts {
		return cmp.Or(b.source.err, ErrDamaged)
	}
	return nil
}

// Of counts the records of a dump on their way.
func (c *Counts) Of(dump iter.Seq2[storage.Record, error]) iter.Seq2[storage.Record, error] {
	return func(yield func(storage.Record, error) bool) {
		for r, err := range dump {
			if err == nil {
				c.add(r)
			}
			if !yield(r, err) {
				return
			}
		}
	}
}
