// Measure reads pictures whose text is known, and says how well:
//
//	go run ./mrzimage/measure DIR                 a folder with a truth.tsv
//	go run ./mrzimage/measure -scene all DIR      the same, photographed again
//	go run ./mrzimage/measure -corpus             the drawn corpus
//	go run ./mrzimage/measure -corpus -fresh 3    the third as many others of the same kinds
//	go run ./mrzimage/measure -floors             a part of it, held against the floors
//	go run ./mrzimage/measure -corpus -write DIR  the corpus as files, for other readers
//
// In truth.tsv a head line names the columns: file, kind and mrz (lines
// separated by "|") are needed; distortion groups the table, shown says of each
// character whether it can be seen. With -each N only every N-th picture of a
// distortion is taken, with -only those distortions that are named.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"mrzbot/mrzimage/specimen"
)

func main() {
	var s settings
	flag.BoolVar(&s.verbose, "v", false, "show the text of pictures that were not read rightly")
	flag.BoolVar(&s.list, "list", false, "show a line for each picture")
	flag.StringVar(&s.scene, "scene", "", `photograph the pictures again under these conditions, or "all"`)
	flag.BoolVar(&s.corpus, "corpus", false, "draw the corpus instead of reading a folder")
	flag.IntVar(&s.fresh, "fresh", 0, "instead of the corpus, the `nth` as many other pictures of the same kinds")
	flag.BoolVar(&s.floors, "floors", false, "draw a part of the corpus and fail when less is right than was before")
	flag.IntVar(&s.each, "each", 1, "of the corpus, take every so many-th picture")
	flag.StringVar(&s.only, "only", "", "of the corpus, take these distortions only (comma separated)")
	flag.StringVar(&s.save, "save", "", "folder for the pictures that were not read rightly")
	flag.StringVar(&s.write, "write", "", "folder for all pictures and their truth.tsv; nothing is read")
	flag.Parse()
	s.dir = flag.Arg(0)
	if s.floors {
		s.corpus, s.each = true, floorsEach
	}
	if (s.dir == "") != s.corpus || s.each < 1 || s.fresh < 0 || s.fresh > 0 && (s.floors || !s.corpus) {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(s, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

type settings struct {
	verbose, list    bool
	corpus, floors   bool
	fresh            int
	dir, scene, only string
	save, write      string
	each             int
}

func run(s settings, out io.Writer) error {
	pictures := ofFolder(s.dir, s.scenes())
	if s.corpus {
		pictures = ofCorpus(s.each, s.only, s.fresh)
	}
	if s.write != "" {
		return writeAll(s.write, pictures)
	}
	if s.save != "" {
		if err := os.MkdirAll(s.save, 0o777); err != nil {
			return err
		}
	}
	rows, err := readAll(s, pictures, out)
	if err != nil {
		return err
	}
	if err := table(rows, out); err != nil {
		return err
	}
	if s.floors {
		return holdFloors(floors, rows, out)
	}
	return nil
}

// scenes in which the pictures of a folder are read; "" is as they are.
func (s settings) scenes() []string {
	if s.scene != "all" {
		return strings.Split(s.scene, ",")
	}
	var all []string
	for _, scene := range specimen.Scenes() {
		all = append(all, string(scene))
	}
	return all
}
