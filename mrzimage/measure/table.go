package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"mrzbot/mrzimage"
	"mrzbot/mrzimage/corpus"
)

// sums of the rows of one distortion.
type sums struct {
	pictures, right, chars, same                    int
	okExact, okWrong, doubtfulExact, doubtful, none int
	unreadable, unreadableSeen                      int
	took, decode                                    []time.Duration
}

func (s *sums) add(r *row) {
	same, n := r.characters()
	s.pictures++
	s.chars += n
	s.same += same
	if r.right() {
		s.right++
	}
	switch exact := r.exact(); {
	case r.got.Verdict == mrzimage.VerdictNone:
		s.none++
	case r.got.Verdict == mrzimage.VerdictOK && exact:
		s.okExact++
	case r.got.Verdict == mrzimage.VerdictOK:
		s.okWrong++
	default:
		s.doubtful++
		if exact {
			s.doubtfulExact++
		}
	}
	all, seen := r.unreadable()
	s.unreadable += all
	s.unreadableSeen += seen
	s.took = append(s.took, r.took-r.decode)
	s.decode = append(s.decode, r.decode)
}

// grouped gives the sums by distortion, in the order of the rows, and of all.
func grouped(rows []row) (names []string, by map[string]*sums) {
	by = map[string]*sums{total: {}}
	for i := range rows {
		r := &rows[i]
		name := r.Distortion
		if name == "" {
			name = "as they are"
		}
		if by[name] == nil {
			by[name] = &sums{}
			names = append(names, name)
		}
		by[name].add(r)
		by[total].add(r)
	}
	return append(names, total), by
}

const total = "all"

// table prints the sums. "right" is exact where the characters can be seen and
// unreadable where not; ms are those of reading without decoding.
func table(rows []row, out io.Writer) error {
	names, by := grouped(rows)
	targets := map[string]float64{}
	for _, d := range corpus.Distortions() {
		targets[d.Name] = d.Target
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "distortion\tpictures\tright\t%\ttarget\tcharacters %\tok, exact\tok, wrong\tdoubtful (exact)\tnone\t? (seen)\tms mean\tms p95\tdecode ms\t")
	for _, name := range names {
		s := by[name]
		mean, p95 := spread(s.took)
		decode, _ := spread(s.decode)
		target := "-"
		if t := targets[name]; t > 0 {
			target = fmt.Sprintf("%.0f", 100*t)
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%.1f\t%s\t%.2f\t%d\t%d\t%d (%d)\t%d\t%d (%d)\t%d\t%d\t%d\t\n", name, s.pictures, s.right,
			100*float64(s.right)/float64(s.pictures), target, 100*float64(s.same)/float64(max(s.chars, 1)),
			s.okExact, s.okWrong, s.doubtful, s.doubtfulExact, s.none, s.unreadable, s.unreadableSeen,
			mean.Milliseconds(), p95.Milliseconds(), decode.Milliseconds())
	}
	if err := w.Flush(); err != nil {
		return err
	}
	all := by[total]
	ok := all.okExact + all.okWrong
	_, err := fmt.Fprintf(out, "ok can be believed: %d of %d are exact, %.2f %% (promised: 99.9 %% of at least 3,000)\n",
		all.okExact, ok, 100*float64(all.okExact)/float64(max(ok, 1)))
	return err
}

func spread(times []time.Duration) (mean, p95 time.Duration) {
	if len(times) == 0 {
		return 0, 0
	}
	slices.Sort(times)
	sum := time.Duration(0)
	for _, t := range times {
		sum += t
	}
	return sum / time.Duration(len(times)), times[int(0.95*float64(len(times)-1)+0.5)]
}

// floorsEach is the part of the corpus that the floors speak of.
const floorsEach = 12

// floors are how many pictures of each distortion were read rightly, of every
// floorsEach-th, and how many of these were called ok where that matters. They only
// ever rise.
//
//go:embed floors.tsv
var floors string

var errFloors = errors.New("less is read than was before")

func holdFloors(floors string, rows []row, out io.Writer) error {
	_, by := grouped(rows)
	failed := false
	for line := range strings.Lines(floors) {
		name, least, leastOK, err := floorOf(line)
		if err != nil {
			return fmt.Errorf("floors.tsv: %w", err)
		}
		s := by[name]
		if s == nil {
			continue // not among those that were asked for
		}
		if s.right < least {
			failed = true
			fmt.Fprintf(out, "%s: %d right, the floor is %d\n", name, s.right, least)
		}
		if s.okExact < leastOK {
			failed = true
			fmt.Fprintf(out, "%s: %d ok, the floor is %d\n", name, s.okExact, leastOK)
		}
	}
	if wrong := by[total].okWrong; wrong > 0 {
		failed = true
		fmt.Fprintf(out, "%d pictures were called ok and are misread\n", wrong)
	}
	if failed {
		return errFloors
	}
	return nil
}

// floorOf reads a line of floors: a name, what is right at least and, if it is
// given, what is ok.
func floorOf(line string) (name string, right, ok int, err error) {
	cells := strings.Split(strings.TrimSpace(line), "\t")
	if len(cells) < 2 {
		return "", 0, 0, fmt.Errorf("%q has no number", line)
	}
	if right, err = strconv.Atoi(cells[1]); err != nil || len(cells) == 2 {
		return cells[0], right, 0, err
	}
	ok, err = strconv.Atoi(cells[2])
	return cells[0], right, ok, err
}
