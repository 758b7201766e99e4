package main

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // the pictures of a folder are of these kinds
	_ "image/png"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	_ "golang.org/x/image/webp"

	"mrzbot/mrzimage/corpus"
	"mrzbot/mrzimage/specimen"
)

// pictures come one by one: drawing takes longer than reading, and all of them
// together would not fit into memory.
type pictures = iter.Seq2[picture, error]

// picture is one that is to be read.
type picture struct {
	corpus.Picture
	// shown finds out what Shown is, where that is not known yet; else nil.
	shown func() ([]string, error)
}

// show sees to it that Shown is known.
func (p *picture) show() (err error) {
	if p.shown != nil {
		p.Shown, err = p.shown()
		p.shown = nil
	}
	return err
}

// ofCorpus draws the corpus, or as many pictures that come after it: what
// somebody has looked at to mend something is fresh no more.
func ofCorpus(each int, only string, fresh int) pictures {
	names := strings.Split(only, ",")
	return func(yield func(picture, error) bool) {
		for _, d := range corpus.Distortions() {
			if only != "" && !slices.Contains(names, d.Name) {
				continue
			}
			for i := 0; i < d.Count; i += each {
				nth := fresh*d.Count + i
				p, err := d.Draw(nth)
				if !yield(picture{p, func() ([]string, error) { return d.Shown(nth) }}, err) || err != nil {
					return
				}
			}
		}
	}
}

// ofFolder gives the pictures that a truth.tsv names, in each scene.
func ofFolder(dir string, scenes []string) pictures {
	return func(yield func(picture, error) bool) {
		listed, err := truthOf(dir)
		if err != nil {
			yield(picture{}, err)
			return
		}
		for _, scene := range scenes {
			for i, p := range listed {
				p.File, err = os.ReadFile(filepath.Join(dir, p.Name))
				if err == nil && scene != "" {
					p.Distortion = scene
					p.File, err = spoiled(p.File, specimen.Scene(scene), uint64(i))
				}
				if err != nil {
					err = fmt.Errorf("%s: %w", p.Name, err)
				}
				if !yield(picture{Picture: p}, err) || err != nil {
					return
				}
			}
		}
	}
}

func truthOf(dir string) ([]corpus.Picture, error) {
	table, err := os.ReadFile(filepath.Join(dir, "truth.tsv"))
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimRight(string(table), "\r\n"), "\n")
	head := strings.Split(lines[0], "\t")
	var out []corpus.Picture
	for n, line := range lines[1:] {
		cells := strings.Split(strings.TrimRight(line, "\r"), "\t")
		column := func(name string) string {
			if i := slices.Index(head, name); i >= 0 && i < len(cells) {
				return cells[i]
			}
			return ""
		}
		p := corpus.Picture{Name: column("file"), Kind: column("kind"), Distortion: column("distortion")}
		if p.Name == "" {
			return nil, fmt.Errorf("truth.tsv: line %d names no file", n+2)
		}
		if text := column("mrz"); text != "" {
			p.Lines = strings.Split(text, "|")
		}
		if shown := column("shown"); shown != "" {
			p.Shown = strings.Split(shown, "|")
		}
		out = append(out, p)
	}
	return out, nil
}

// spoiled takes a picture of a picture, in a scene.
func spoiled(data []byte, scene specimen.Scene, seed uint64) ([]byte, error) {
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	// A third larger, so that turning and tilting take no detail away.
	b := img.Bounds()
	w, h := b.Dx()*4/3, b.Dy()*4/3
	if scene == specimen.Quarter {
		w, h = h, w
	}
	return scene.Photo(w, h, seed).JPEG(img)
}

// writeAll puts pictures and their truth into a folder.
func writeAll(dir string, all pictures) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	truth := "file\tkind\tlines\tmrz\tdistortion\tshown\n"
	for p, err := range all {
		if err != nil {
			return err
		}
		if err := p.show(); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, p.Name), p.File, 0o644); err != nil {
			return err
		}
		truth += fmt.Sprintf("%s\t%s\t%d\t%s\t%s\t%s\n", p.Name, p.Kind, len(p.Lines),
			strings.Join(p.Lines, "|"), p.Distortion, strings.Join(p.Shown, "|"))
	}
	return os.WriteFile(filepath.Join(dir, "truth.tsv"), []byte(truth), 0o644)
}
