package cli

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"

	"mrzbot/mrzimage"
)

type readCommand struct {
	Files   []string `arg:"" name:"file" help:"Pictures (JPEG, PNG, WebP), or folders of them; - is standard input."`
	JSON    bool     `name:"json" help:"One JSON object per picture, one a line."`
	Picture string   `name:"picture" placeholder:"OUT.png" help:"Also draw what was read in one picture: its zone, cells and doubtful characters."`
	Engine  string   `enum:"local,api" default:"local" help:"local, or api: the paid service (needs MRZ_API_KEY; costs an attempt per picture)."`
}

// engine reads one picture and reports.
type engine func(ctx context.Context, name string, data []byte) readReport

// Run reads each picture. It fails when one of them could not be read.
func (c readCommand) Run(ctx context.Context, p Process) error {
	read, err := c.engine(p)
	if err != nil {
		return err
	}
	files, whole := p.pictures(c.Files)
	if c.Picture != "" && len(files) != 1 {
		return usageError{fmt.Errorf("--picture draws one picture, and here are %d", len(files))}
	}
	failed := !whole
	count := progress{out: p.Stderr, all: len(files)}
	for _, name := range files {
		r := p.read(ctx, read, name)
		if err := ctx.Err(); err != nil {
			return err
		}
		failed = failed || !r.Valid
		if err := c.print(p, r, len(files) > 1); err != nil {
			return err
		}
		count.add(r)
	}
	count.end()
	if failed {
		return errFailed
	}
	return nil
}

func (p Process) read(ctx context.Context, read engine, name string) readReport {
	data, err := p.load(name)
	if err != nil {
		return failedReport(name, "file", err.Error())
	}
	return read(ctx, name, data)
}

func (c readCommand) engine(p Process) (engine, error) {
	if c.Engine == "api" {
		if c.Picture != "" {
			return nil, usageError{errors.New("--picture shows the local reader's work; the service says nothing of places")}
		}
		return p.serviceEngine()
	}
	reader := new(mrzimage.Reader)
	return func(ctx context.Context, name string, data []byte) readReport {
		r, err := reader.Read(ctx, data)
		if err == nil && c.Picture != "" {
			err = draw(ctx, c.Picture, data, r)
		}
		return localReport(name, r, err, p.Now())
	}, nil
}

// fileError is an error of a file that is written, not of the picture.
type fileError struct{ error }

// draw writes the picture with what was read in it.
func draw(ctx context.Context, file string, data []byte, r mrzimage.Result) error {
	marked, err := mrzimage.Mark(ctx, data, r)
	if err != nil {
		return err
	}
	if err := writePNG(file, marked); err != nil {
		return fileError{err}
	}
	return nil
}

func writePNG(file string, img image.Image) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	return errors.Join(png.Encode(f, img), f.Close())
}
