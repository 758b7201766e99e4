// Measure reads pictures whose text is known, and says how well:
//
//	go run ./mrzimage/measure DIR
//	go run ./mrzimage/measure -scene all DIR
//	go run ./mrzimage/measure -scene all -drawn 20
//
// DIR holds truth.tsv: a head line, then for each picture its file name, kind,
// number of lines and the text, lines separated by "|". With -scene, the
// pictures are photographed again under these conditions; with -drawn,
// invented documents are drawn instead of reading a folder.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"mrzbot/mrzimage"
	"mrzbot/mrzimage/specimen"
)

func main() {
	var s settings
	flag.BoolVar(&s.verbose, "v", false, "show the text of pictures that were not read exactly")
	flag.BoolVar(&s.short, "short", false, "show sums only")
	flag.StringVar(&s.scene, "scene", "", `conditions of the pictures, or "all"`)
	flag.IntVar(&s.drawn, "drawn", 0, "draw so many documents for each scene")
	flag.StringVar(&s.save, "save", "", "folder for the pictures that were not read exactly")
	flag.Parse()
	s.dir = flag.Arg(0)
	if (s.dir == "") == (s.drawn == 0) {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(s, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

type settings struct {
	verbose, short   bool
	scene, dir, save string
	drawn            int
}

// row is one picture of the table.
type row struct {
	file, kind string
	truth      []string
	data       []byte
	got        mrzimage.Result
	took       time.Duration
}

func (r row) exact() bool { return slices.Equal(r.truth, r.got.Lines) }

func run(s settings, out io.Writer) error {
	scenes := []specimen.Scene{specimen.Scene(s.scene)}
	if s.scene == "all" {
		scenes = specimen.Scenes()
	}
	var reader mrzimage.Reader
	var all []row
	for _, scene := range scenes {
		var rows []row
		var err error
		if s.drawn > 0 {
			rows, err = drawn(&reader, s.drawn, scene)
		} else {
			rows, err = folder(&reader, s.dir, scene)
		}
		if err != nil {
			return err
		}
		if err := report(rows, s, scene, out); err != nil {
			return err
		}
		all = append(all, rows...)
	}
	if len(scenes) > 1 {
		return sums(all, "all", out)
	}
	return nil
}

// folder reads the pictures of a folder.
func folder(reader *mrzimage.Reader, dir string, scene specimen.Scene) ([]row, error) {
	truth, err := os.ReadFile(filepath.Join(dir, "truth.tsv"))
	if err != nil {
		return nil, err
	}
	var rows []row
	for i, line := range strings.Split(strings.TrimSpace(string(truth)), "\n")[1:] {
		columns := strings.Split(line, "\t")
		if len(columns) < 4 {
			return nil, fmt.Errorf("truth.tsv: a line has %d columns", len(columns))
		}
		r := row{file: columns[0], kind: columns[1], truth: strings.Split(columns[3], "|")}
		if r.data, err = os.ReadFile(filepath.Join(dir, r.file)); err != nil {
			return nil, err
		}
		if scene != "" {
			if r.data, err = spoiled(r.data, scene, uint64(i)); err != nil {
				return nil, fmt.Errorf("%s: %w", r.file, err)
			}
		}
		if err := r.read(reader); err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// report prints the table of one scene and saves what was misread.
func report(rows []row, s settings, scene specimen.Scene, out io.Writer) error {
	for _, r := range rows {
		if s.save != "" && !r.exact() {
			name := string(scene) + "-" + strings.TrimSuffix(r.file, filepath.Ext(r.file)) + ".jpg"
			if err := os.WriteFile(filepath.Join(s.save, name), r.data, 0o644); err != nil {
				return err
			}
		}
	}
	if !s.short {
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "file\tkind\texact\tcharacters\tverdict\tconfidence\tpx/cell\tms")
		for _, r := range rows {
			same, n := r.characters()
			fmt.Fprintf(w, "%s\t%s\t%t\t%d/%d\t%s\t%.3f\t%.1f\t%d\n", r.file, r.kind, r.exact(), same, n,
				r.got.Verdict, r.got.Confidence, r.got.Picture.PixelsPerCell, r.took.Milliseconds())
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	for _, r := range rows {
		if s.verbose && !r.exact() {
			fmt.Fprintf(out, "%s %s %.3f %v\n  %s\n  %s\n", r.file, r.got.Verdict, r.got.Confidence, r.got.Picture.Reasons,
				strings.Join(r.truth, "|"), strings.Join(r.got.Lines, "|"))
		}
	}
	return sums(rows, string(scene), out)
}

func sums(rows []row, name string, out io.Writer) error {
	exact, chars, right, sure, sureExact := 0, 0, 0, 0, 0
	var times []time.Duration
	for _, r := range rows {
		same, n := r.characters()
		chars += n
		right += same
		times = append(times, r.took)
		if r.exact() {
			exact++
		}
		if r.got.Verdict == mrzimage.VerdictOK {
			sure++
			if r.exact() {
				sureExact++
			}
		}
	}
	mean, p95 := spread(times)
	_, err := fmt.Fprintf(out, "%-9s exact %d of %d, characters %.2f%%, verdict ok %d of which exact %d, mean %d ms, p95 %d ms\n",
		name, exact, len(rows), 100*float64(right)/float64(max(chars, 1)), sure, sureExact, mean.Milliseconds(), p95.Milliseconds())
	return err
}

// characters counts the cells that agree, and all.
func (r row) characters() (same, n int) {
	for i, t := range r.truth {
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
