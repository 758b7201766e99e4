package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mrzbot/mrzimage"
	"mrzbot/mrzimage/corpus"
)

// row is one picture of the table.
type row struct {
	picture
	got    mrzimage.Result
	took   time.Duration // of Read
	decode time.Duration // of decoding alone, measured apart
}

func readAll(s settings, all pictures, out io.Writer) ([]row, error) {
	var reader mrzimage.Reader
	var rows []row
	for p, err := range all {
		if err != nil {
			return nil, err
		}
		r := row{picture: p}
		if err := r.read(&reader); err != nil {
			return nil, err
		}
		if err := r.tell(s, out); err != nil {
			return nil, err
		}
		r.File = nil
		rows = append(rows, r)
	}
	return rows, nil
}

func (r *row) read(reader *mrzimage.Reader) error {
	start := time.Now()
	if _, _, err := image.Decode(bytes.NewReader(r.File)); err != nil {
		return fmt.Errorf("%s: %w", r.Name, err)
	}
	r.decode = time.Since(start)
	start = time.Now()
	got, err := reader.Read(context.Background(), r.File)
	if err != nil {
		return fmt.Errorf("%s: %w", r.Name, err)
	}
	r.got, r.took = got, time.Since(start)
	if !r.exact() { // else nobody asks what the picture shows
		err = r.show()
	}
	return err
}

// tell shows and saves a picture as the settings ask for.
func (r *row) tell(s settings, out io.Writer) error {
	if s.list {
		same, n := r.characters()
		fmt.Fprintf(out, "%-24s %-5s right %-5t %d/%d %-8s %.3f %5.1f px/cell %4d ms\n", r.Name, r.Kind, r.right(), same, n,
			r.got.Verdict, r.got.Confidence, r.got.Picture.PixelsPerCell, r.took.Milliseconds())
	}
	if r.right() {
		return nil
	}
	if s.verbose {
		fmt.Fprintf(out, "%s %s %.3f %v\n  %s\n  %s\n", r.Name, r.got.Verdict, r.got.Confidence, r.got.Picture.Reasons,
			strings.Join(r.Lines, "|"), strings.Join(r.got.Lines, "|"))
	}
	if s.save == "" {
		return nil
	}
	return os.WriteFile(filepath.Join(s.save, r.Distortion+"-"+r.Name), r.File, 0o644)
}

// exact: every character is given as it was printed; for a picture without a
// MRZ, none is given.
func (r *row) exact() bool { return slices.Equal(r.Lines, r.got.Lines) }

// right: every character that can be seen is given, and no other is given
// wrongly.
func (r *row) right() bool {
	if r.exact() {
		return true
	}
	if r.Shown == nil || len(r.got.Lines) != len(r.Lines) {
		// Of an MRZ that is wholly erased, nothing need be found.
		return r.Shown != nil && r.got.Lines == nil && r.count(corpus.Seen) == 0
	}
	for i, line := range r.Lines {
		if len(r.got.Lines[i]) != len(line) {
			return false
		}
		for k := range line {
			got := r.got.Lines[i][k]
			if got != line[k] && (got != mrzimage.Unreadable || r.Shown[i][k] == corpus.Seen) {
				return false
			}
		}
	}
	return true
}

// count of the characters of which the picture shows so much.
func (r *row) count(shown byte) int {
	n := 0
	for _, line := range r.Shown {
		n += strings.Count(line, string(rune(shown)))
	}
	return n
}

// characters counts the cells that agree, and all.
func (r *row) characters() (same, n int) {
	for i, t := range r.Lines {
		n += len(t)
		if i >= len(r.got.Lines) {
			continue
		}
		for k := range min(len(t), len(r.got.Lines[i])) {
			if t[k] == r.got.Lines[i][k] {
				same++
			}
		}
	}
	return same, n
}

// unreadable counts the cells that were given up, and of these the ones that
// can be seen.
func (r *row) unreadable() (all, seen int) {
	for i, line := range r.got.Lines {
		for k := range line {
			if line[k] != mrzimage.Unreadable {
				continue
			}
			all++
			if r.Shown == nil || i >= len(r.Shown) || k >= len(r.Shown[i]) || r.Shown[i][k] == corpus.Seen {
				seen++
			}
		}
	}
	return all, seen
}
