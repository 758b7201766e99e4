// Peers has other readers read the pictures of a folder with a truth.tsv, and
// puts them beside this one:
//
//	go run ./mrzimage/measure -corpus -each 60 -write DIR   some drawn pictures
//	npm install --prefix NPM mrz-detection@0.4.1            in a folder of its own
//	go run ./mrzimage/measure/peers -npm NPM DIR
//
// Tesseract is Debian's tesseract-ocr with the model eng, which is the only one
// of Debian's that knows the letters of an MRZ; mrz-detection runs in node. A
// reader that is not installed is left out, and said. The times hold starting
// tesseract for every picture, as its users do.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"mrzbot/mrzimage"
)

func main() {
	npm := flag.String("npm", "", "folder in which mrz-detection is installed")
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(context.Background(), flag.Arg(0), *npm, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

// reader gives the lines that it reads in a picture.
type reader struct {
	name string
	read func(ctx context.Context, file string) ([]string, error)
}

// patience is how long a reader gets for one picture. The slowest takes a few
// seconds for some.
const patience = time.Minute

func run(ctx context.Context, dir, npm string, out io.Writer) error {
	listed, err := truth(dir)
	if err != nil {
		return err
	}
	readers := []reader{{"mrzimage", ours()}}
	if path, err := exec.LookPath("tesseract"); err == nil {
		readers = append(readers, reader{"tesseract eng", tesseract(path)})
	} else {
		fmt.Fprintln(out, "tesseract is not installed: left out")
	}
	if npm == "" {
		fmt.Fprintln(out, "no -npm: mrz-detection is left out")
	} else {
		n, err := startNode(ctx, npm)
		if err != nil {
			return err
		}
		defer n.close()
		readers = append(readers, reader{"mrz-detection", n.read})
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "reader\tpictures\texact\tcharacters\tfailed\tmean ms")
	for _, r := range readers {
		var s score
		for _, p := range listed {
			s.add(ctx, r, p)
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%.1f%%\t%d\t%d\n", r.name, s.pictures, s.exact,
			100*float64(s.right)/float64(max(s.characters, 1)), s.failed, s.took.Milliseconds()/int64(max(s.pictures, 1)))
	}
	return w.Flush()
}

type score struct {
	pictures, exact, failed, right, characters int
	took                                       time.Duration
}

func (s *score) add(ctx context.Context, r reader, p picture) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	start := time.Now()
	lines, err := r.read(ctx, p.file)
	s.took += time.Since(start)
	s.pictures++
	if err != nil {
		s.failed++
	}
	if slices.Equal(lines, p.lines) {
		s.exact++
	}
	for i, line := range p.lines {
		s.characters += len(line)
		for k := range line {
			if i < len(lines) && k < len(lines[i]) && lines[i][k] == line[k] {
				s.right++
			}
		}
	}
}

// picture is a file and what is printed in it.
type picture struct {
	file  string
	lines []string
}

func truth(dir string) ([]picture, error) {
	data, err := os.ReadFile(filepath.Join(dir, "truth.tsv"))
	if err != nil {
		return nil, err
	}
	rows := strings.Split(strings.TrimSpace(string(data)), "\n")
	head := strings.Split(rows[0], "\t")
	file, mrz := slices.Index(head, "file"), slices.Index(head, "mrz")
	if file < 0 || mrz < 0 {
		return nil, fmt.Errorf("truth.tsv: a column file and a column mrz are needed")
	}
	var listed []picture
	for i, row := range rows[1:] {
		columns := strings.Split(row, "\t")
		if len(columns) <= max(file, mrz) {
			return nil, fmt.Errorf("truth.tsv: line %d has %d columns", i+2, len(columns))
		}
		if columns[mrz] == "" {
			continue // a picture without an MRZ
		}
		path, err := filepath.Abs(filepath.Join(dir, columns[file]))
		if err != nil {
			return nil, err
		}
		listed = append(listed, picture{path, strings.Split(columns[mrz], "|")})
	}
	return listed, nil
}

func ours() func(context.Context, string) ([]string, error) {
	var r mrzimage.Reader
	return func(ctx context.Context, file string) ([]string, error) {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		got, err := r.Read(ctx, data)
		return got.Lines, err
	}
}
