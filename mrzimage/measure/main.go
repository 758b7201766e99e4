// Measure reads a folder of pictures whose text is known, and says how well:
//
//	go run ./mrzimage/measure DIR
//
// DIR holds truth.tsv: a head line, then for each picture its file name, kind,
// number of lines and the text, lines separated by "|".
package main

import (
	"context"
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
)

func main() {
	all := flag.Bool("v", false, "show the text of pictures that were not read exactly")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: measure [-v] DIR")
		os.Exit(2)
	}
	if err := run(flag.Arg(0), *all, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

// row is one picture of the table.
type row struct {
	file, kind string
	truth      []string
	got        mrzimage.Result
	took       time.Duration
}

func run(dir string, verbose bool, out io.Writer) error {
	truth, err := os.ReadFile(filepath.Join(dir, "truth.tsv"))
	if err != nil {
		return err
	}
	var (
		reader mrzimage.Reader
		rows   []row
	)
	for _, line := range strings.Split(strings.TrimSpace(string(truth)), "\n")[1:] {
		columns := strings.Split(line, "\t")
		if len(columns) < 4 {
			return fmt.Errorf("truth.tsv: a line has %d columns", len(columns))
		}
		data, err := os.ReadFile(filepath.Join(dir, columns[0]))
		if err != nil {
			return err
		}
		r := row{file: columns[0], kind: columns[1], truth: strings.Split(columns[3], "|")}
		start := time.Now()
		r.got, err = reader.Read(context.Background(), data)
		if err != nil {
			return fmt.Errorf("%s: %w", r.file, err)
		}
		r.took = time.Since(start)
		rows = append(rows, r)
	}
	return report(rows, verbose, out)
}

func report(rows []row, verbose bool, out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "file\tkind\texact\tcharacters\tverdict\tconfidence\tpx/cell\tms")
	exact, chars, right := 0, 0, 0
	sure, sureExact := 0, 0
	var times []time.Duration
	for _, r := range rows {
		same, n := r.characters()
		chars += n
		right += same
		isExact := slices.Equal(r.truth, r.got.Lines)
		mark := "-"
		if isExact {
			exact++
			mark = "yes"
		}
		if r.got.Verdict == mrzimage.VerdictOK {
			sure++
			if isExact {
				sureExact++
			}
		}
		times = append(times, r.took)
		fmt.Fprintf(w, "%s\t%s\t%s\t%d/%d\t%s\t%.3f\t%.1f\t%d\n", r.file, r.kind, mark, same, n,
			r.got.Verdict, r.got.Confidence, r.got.Picture.PixelsPerCell, r.took.Milliseconds())
		if verbose && !isExact {
			w.Flush()
			for i, t := range r.truth {
				fmt.Fprintf(w, "    %s\n", t)
				if i < len(r.got.Lines) {
					fmt.Fprintf(w, "    %s\n", r.got.Lines[i])
				}
			}
			w.Flush()
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	mean, p95 := spread(times)
	_, err := fmt.Fprintf(out, "exact %d of %d, characters %.2f%%, verdict ok %d of which exact %d, mean %d ms, p95 %d ms\n",
		exact, len(rows), 100*float64(right)/float64(max(chars, 1)), sure, sureExact, mean.Milliseconds(), p95.Milliseconds())
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
