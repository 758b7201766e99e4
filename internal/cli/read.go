package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"mrzbot/internal/config"
	"mrzbot/mrz"
	"mrzbot/mrzclient"
	"mrzbot/mrzimage"
)

// maxPicture bounds a picture file in bytes: more than any camera writes.
const maxPicture = 64 << 20

type readCommand struct {
	Files  []string `arg:"" name:"file" help:"Pictures (JPEG, PNG, WebP); - is standard input."`
	JSON   bool     `name:"json" help:"One JSON object per file, one a line."`
	Engine string   `enum:"local,api" default:"local" help:"local, or api: the paid service (needs MRZ_API_KEY; costs an attempt per file)."`
}

// readReport is what read says of a file in JSON.
type readReport struct {
	mrz.Report
	Verdict    mrzimage.Verdict `json:"verdict"`
	Confidence float64          `json:"confidence"`
	Cells      [][]float64      `json:"cells"`
	Corners    [][2]float64     `json:"corners"`
	Picture    *picture         `json:"picture"`
	Also       []mrz.Report     `json:"also"`
}

// picture is the judgement of a picture in JSON.
type picture struct {
	Width         int      `json:"width"`
	Height        int      `json:"height"`
	PixelsPerCell float64  `json:"pixels_per_cell"`
	Sharpness     float64  `json:"sharpness"`
	Darkness      float64  `json:"darkness"`
	Glare         float64  `json:"glare"`
	Angle         float64  `json:"angle"`
	Reasons       []string `json:"reasons"`
}

// Run reads each file. It fails when one of them could not be read.
func (c readCommand) Run(ctx context.Context, p Process) error {
	read := c.local
	if c.Engine == "api" {
		client, err := p.apiClient()
		if err != nil {
			return err
		}
		read = func(ctx context.Context, name string, data []byte, now time.Time) readReport {
			return viaAPI(ctx, client, name, data, now)
		}
	}
	failed := false
	for _, name := range c.Files {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var r readReport
		if data, err := p.load(name); err != nil {
			r = failedReport(name, "file", err.Error())
		} else {
			r = read(ctx, name, data, p.Now())
		}
		failed = failed || !r.Valid
		if err := c.print(p, r); err != nil {
			return err
		}
	}
	if failed {
		return errFailed
	}
	return nil
}

// load reads a file, bounded.
func (p Process) load(name string) ([]byte, error) {
	in := p.Stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, errors.Unwrap(err) // the path stands in the report already
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

// local reads a picture on this machine.
func (readCommand) local(ctx context.Context, name string, data []byte, now time.Time) readReport {
	var reader mrzimage.Reader
	r, err := reader.Read(ctx, data)
	if err != nil {
		return failedReport(name, pictureError(err), err.Error())
	}
	z := mrz.Zone{}
	if r.Verdict != mrzimage.VerdictNone {
		z = mrz.Parse(r.Lines, now)
	}
	out := readReport{
		Report: mrz.NewReport(name, z, repairs(r.Repairs)), Verdict: r.Verdict, Confidence: r.Confidence,
		Cells: r.Cells, Corners: [][2]float64{}, Also: []mrz.Report{}, Picture: judgement(r.Picture),
	}
	if out.Cells == nil {
		out.Cells = [][]float64{}
	}
	if r.Verdict == mrzimage.VerdictNone {
		out.Valid = false
		out.Error = &mrz.Problem{Code: mrzimage.ReasonNoMRZ, Message: "no machine readable zone found in this picture"}
		return out
	}
	for _, corner := range r.Corners {
		out.Corners = append(out.Corners, [2]float64{corner.X, corner.Y})
	}
	return out
}

func repairs(from []mrzimage.Repair) []mrz.Repair {
	to := make([]mrz.Repair, len(from))
	for i, r := range from {
		to[i] = mrz.Repair(r)
	}
	return to
}

func judgement(j mrzimage.Judgement) *picture {
	if j.Reasons == nil {
		j.Reasons = []string{}
	}
	p := picture(j)
	return &p
}

func pictureError(err error) string {
	switch {
	case errors.Is(err, mrzimage.ErrUnsupported):
		return "unsupported_file"
	case errors.Is(err, mrzimage.ErrTooLarge):
		return "too_large"
	case errors.Is(err, mrzimage.ErrDamaged):
		return "damaged"
	default:
		return "interrupted"
	}
}

func failedReport(name, code, message string) readReport {
	r := readReport{
		Report: mrz.NewReport(name, mrz.Zone{}, nil), Verdict: mrzimage.VerdictNone,
		Cells: [][]float64{}, Corners: [][2]float64{}, Also: []mrz.Report{},
	}
	r.Valid = false
	r.Error = &mrz.Problem{Code: code, Message: message}
	return r
}

// apiClient makes the client of the service from the settings.
func (p Process) apiClient() (*mrzclient.Client, error) {
	// Whatever else the settings lack, only those of the service matter here.
	environ, err := config.Dotenv(".env", config.Environ(p.Environ), os.ReadFile)
	if err != nil {
		return nil, usageError{err}
	}
	needed := map[string]string{"TELEGRAM_BOT_TOKEN": "0:" + strings.Repeat("0", 35)}
	for _, name := range []string{"MRZ_API_KEY", "MRZ_API_KEY_FILE", "MRZ_API_URL", "MRZ_TIMEOUT"} {
		needed[name] = environ[name]
	}
	cfg, err := config.Load(needed, os.ReadFile)
	if err != nil {
		return nil, usageError{err}
	}
	if cfg.MRZKey.Empty() {
		return nil, usageError{errors.New("--engine api needs MRZ_API_KEY")}
	}
	return service(cfg), nil
}

// viaAPI has a picture read by the service.
func viaAPI(ctx context.Context, client *mrzclient.Client, name string, data []byte, now time.Time) readReport {
	info, err := mrzimage.Inspect(data)
	if err != nil {
		return failedReport(name, pictureError(err), err.Error())
	}
	if data, err = mrzimage.StripMetadata(data); err != nil {
		return failedReport(name, pictureError(err), err.Error())
	}
	a, err := client.Read(ctx, mrzclient.Picture{
		Name: "photo." + string(info.Kind), ContentType: "image/" + string(info.Kind),
		Size: int64(len(data)), Body: bytes.NewReader(data),
	})
	if err != nil {
		return failedReport(name, "service", err.Error())
	}
	r := failedReport(name, "", "")
	r.Report = mrz.NewReport(name, mrz.Parse(a.Lines, now), nil)
	r.Verdict = mrzimage.VerdictDoubtful
	if r.Valid {
		r.Verdict, r.Confidence = mrzimage.VerdictOK, 1
	}
	return r
}

// print writes a report, as JSON or for people. Only the lines go to standard
// output then, so that they can be piped on.
func (c readCommand) print(p Process, r readReport) error {
	if c.JSON {
		return encodeLine(p.Stdout, r)
	}
	if len(c.Files) > 1 {
		fmt.Fprintf(p.Stderr, "%s:\n", r.File)
	}
	for _, line := range r.Lines {
		fmt.Fprintln(p.Stdout, line)
	}
	var notes []string
	if r.Error != nil {
		notes = append(notes, r.Error.Message)
	}
	for _, warning := range r.Warnings {
		notes = append(notes, warning.Message)
	}
	for _, repair := range r.Repairs {
		notes = append(notes, fmt.Sprintf("line %d, column %d: %s was read as %s", repair.Line, repair.Column, repair.To, repair.From))
	}
	if r.Verdict == mrzimage.VerdictDoubtful {
		notes = append(notes, "doubtful: compare with the picture")
	}
	if r.Valid {
		notes = append(notes, "all check digits hold")
	}
	_, err := fmt.Fprintf(p.Stderr, "(%s)\n", strings.Join(notes, "; "))
	return err
}

// encodeLine writes an object on a line of its own, with fillers readable.
func encodeLine(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
