package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"mrzbot/mrzimage"
)

// maxPicture bounds a picture file in bytes: more than any camera writes.
const maxPicture = 64 << 20

// pictures lists what is to be read: files as they are named, and of a folder
// the pictures in it and below it, in the order of their names. What is left
// out is said. whole is false when something could not be looked into, or a
// folder has no picture.
func (p Process) pictures(names []string) (files []string, whole bool) {
	whole = true
	say := func(path string, what any) { fmt.Fprintf(p.Stderr, "%s: left out: %v\n", path, what) }
	for _, name := range names {
		if info, err := os.Stat(name); name == "-" || err != nil || !info.IsDir() {
			files = append(files, name)
			continue
		}
		before := len(files)
		// The function gives no error, so none comes back.
		_ = filepath.WalkDir(name, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				say(path, reason(err))
				whole = false
			case entry.IsDir():
			case !isPicture(path):
				say(path, "not a JPEG, PNG or WebP picture")
			default:
				files = append(files, path)
			}
			return nil
		})
		if len(files) == before {
			say(name, "no pictures in it")
			whole = false
		}
	}
	return files, whole
}

// isPicture looks at the beginning of a file. One that cannot be opened is
// taken for a picture, so that reading it says why.
func isPicture(path string) bool {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return false // to open a pipe could wait for ever
	}
	f, err := os.Open(path)
	if err != nil {
		return true
	}
	defer func() { _ = f.Close() }()
	const enough = 4096 // for every head that Inspect knows
	head, err := io.ReadAll(io.LimitReader(f, enough))
	if err != nil {
		return true
	}
	_, err = mrzimage.Inspect(head)
	return !errors.Is(err, mrzimage.ErrUnsupported)
}

// load reads a file, bounded.
func (p Process) load(name string) ([]byte, error) {
	in := p.Stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, reason(err)
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, maxPicture+1))
	switch {
	case err != nil:
		return nil, errors.New("cannot be read: is it a file?")
	case len(data) > maxPicture:
		return nil, fmt.Errorf("larger than %d MiB", maxPicture>>20)
	}
	return data, nil
}

// reason is an error without the path, which stands beside it already.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// progress says on standard error how far a long run is.
type progress struct {
	out                         io.Writer
	all, done, sure, unsure, no int
}

// manyPictures is when a run is long enough to be told about, some seconds;
// mostLines is how often then.
const (
	manyPictures = 40
	mostLines    = 20
)

func (g *progress) add(r readReport) {
	g.done++
	switch r.Verdict {
	case mrzimage.VerdictOK:
		g.sure++
	case mrzimage.VerdictDoubtful:
		g.unsure++
	default:
		g.no++
	}
	if g.all >= manyPictures && g.done < g.all && g.done%((g.all+mostLines-1)/mostLines) == 0 {
		g.say()
	}
}

// end says the sums of a long run.
func (g *progress) end() {
	if g.all >= manyPictures {
		g.say()
	}
}

func (g *progress) say() {
	fmt.Fprintf(g.out, "%d of %d pictures: %d ok, %d doubtful, %d without an MRZ that can be read\n",
		g.done, g.all, g.sure, g.unsure, g.no)
}
