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
	Picture string   `name:"picture" placeholder:"OUT.png" help:"Also draw what was read in one picture: its MRZ, cells and doubtful characters."`
	Engine  string   `enum:"local,api" default:"local" help:"local, or api: the paid service (needs MRZ_API_KEY; costs an attempt per picture)."`
}

// engine reads one picture and reports. Its error is not about the picture,
// and ends the run.
type engine func(ctx context.Context, name string, data []byte) (readReport, error)

// Run reads each picture. It fails when one of them could not be read.
func (c readCommand) Run(ctx context.Context, p Process) error {
	now, err := p.localNow()
	if err != nil {
		return err
	}
	p.Now = now
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
		r, broken := p.read(ctx, read, name)
		if err := ctx.Err(); err != nil {
			return err
		}
		failed = failed || !r.Valid
		if err := errors.Join(c.print(p, r, len(files) > 1), broken); err != nil {
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

func (p Process) read(ctx context.Context, read engine, name string) (readReport, error) {
	data, err := p.load(name)
	if err != nil {
		return failedReport(name, "file", err.Error()), nil
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
	return func(ctx context.Context, name string, data []byte) (readReport, error) {
		r, err := reader.Read(ctx, data)
		report := localReport(name, r, err, p.Now())
		if err == nil && c.Picture != "" {
			return report, draw(ctx, c.Picture, data, r)
		}
		return report, nil
	}, nil
}

// draw writes the picture with what was read in it.
func draw(ctx context.Context, file string, data []byte, r mrzimage.Result) error {
	marked, err := mrzimage.Mark(ctx, data, r)
	if err != nil {
		return err
	}
	if err := writePNG(file, marked); err != nil {
		return fmt.Errorf("the drawing: %w", err)
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
