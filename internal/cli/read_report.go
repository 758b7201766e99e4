package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"mrzbot/mrz"
	"mrzbot/mrzimage"
)

// readReport is what read says of a picture in JSON.
type readReport struct {
	mrz.Report
	Verdict    mrzimage.Verdict `json:"verdict"`
	Confidence float64          `json:"confidence"`
	Cells      [][]float64      `json:"cells"`
	Corners    [][2]float64     `json:"corners"`
	Picture    *picture         `json:"picture"`
	Also       []mrz.Report     `json:"also"`

	restored []mrz.Change // the repairs put right how the lines were written
}

// picture is the judgement of a picture in JSON.
type picture struct {
	Width         int      `json:"width"`
	Height        int      `json:"height"`
	Found         bool     `json:"found"`
	PixelsPerCell float64  `json:"pixels_per_cell"`
	Sharpness     float64  `json:"sharpness"`
	Darkness      float64  `json:"darkness"`
	Glare         float64  `json:"glare"`
	Angle         float64  `json:"angle"`
	CutOff        float64  `json:"cut_off"`
	Missing       float64  `json:"missing"`
	Print         int      `json:"print"`
	Reasons       []string `json:"reasons"`
	Stop          *string  `json:"stop"` // null: it would be sent
}

// localReport reports what the local reader gave.
func localReport(name string, r mrzimage.Result, err error, now time.Time) readReport {
	if err != nil {
		code, message := pictureError(err)
		return failedReport(name, code, message)
	}
	if r.Verdict == mrzimage.VerdictNone {
		message := "no machine readable zone found in this picture"
		if slices.Contains(r.Picture.Reasons, mrzimage.ReasonFront) {
			message += "; it may be the front of a card: the MRZ is on the back"
		}
		code := mrzimage.ReasonNoMRZ
		if r.Picture.Missing > 0 {
			code, message = mrzimage.ReasonDamaged, "the picture is damaged, and what is there of it shows no machine readable zone"
		}
		out := failedReport(name, code, message)
		out.Picture = judgement(r.Picture)
		return out
	}
	out := readReport{
		Report: mrz.NewReport(name, mrz.Parse(r.Lines, now), repairs(r.Repairs)), Verdict: r.Verdict,
		Confidence: r.Confidence, Cells: r.Cells, Also: []mrz.Report{}, Picture: judgement(r.Picture),
	}
	for _, other := range r.Also {
		out.Also = append(out.Also, mrz.NewReport(name, mrz.Parse(other.Lines, now), repairs(other.Repairs)))
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
	p := &picture{
		Width: j.Width, Height: j.Height, Found: j.Found, PixelsPerCell: j.PixelsPerCell, Sharpness: j.Sharpness, Darkness: j.Darkness,
		Glare: j.Glare, Angle: j.Angle, CutOff: j.CutOff, Missing: j.Missing, Print: j.Print, Reasons: j.Reasons,
	}
	if p.Reasons == nil {
		p.Reasons = []string{}
	}
	if j.Stop != "" {
		p.Stop = &j.Stop
	}
	return p
}

// pictureError is the code and the sentence of an error.
func pictureError(err error) (code, message string) {
	switch {
	case errors.Is(err, mrzimage.ErrUnsupported):
		return "unsupported_file", "not a JPEG, PNG or WebP picture"
	case errors.Is(err, mrzimage.ErrRare):
		return "unsupported_file", "a rare kind of picture, which cannot be decoded here"
	case errors.Is(err, mrzimage.ErrTooLarge):
		return "too_large", fmt.Sprintf("more than %d megapixels, or more memory or work than a picture may take", mrzimage.MaxPixels/1_000_000)
	case errors.Is(err, mrzimage.ErrDamaged):
		return "damaged", "the picture is damaged"
	default:
		return "interrupted", err.Error()
	}
}

func failedReport(name, code, message string) readReport {
	r := readReport{
		Report: mrz.NewReport(name, mrz.MRZ{}, nil), Verdict: mrzimage.VerdictNone,
		Cells: [][]float64{}, Corners: [][2]float64{}, Also: []mrz.Report{},
	}
	r.Valid = false
	r.Error = &mrz.Problem{Code: code, Message: message}
	return r
}

// print writes a report, as JSON or for people. Only the lines go to standard
// output then, so that they can be piped on.
func (c readCommand) print(p Process, r readReport, named bool) error {
	if c.JSON {
		return encodeLine(p.Stdout, r)
	}
	if named {
		fmt.Fprintf(p.Stderr, "%s:\n", r.File)
	}
	for _, line := range r.Lines {
		fmt.Fprintln(p.Stdout, line)
	}
	_, err := fmt.Fprintf(p.Stderr, "(%s)\n", strings.Join(r.notes(), "; "))
	return err
}

// notes are what is to be said of a picture besides its lines.
func (r readReport) notes() []string {
	var notes []string
	unread := strings.Count(strings.Join(r.Lines, ""), string(mrzimage.Unreadable))
	switch {
	case r.Error != nil && r.Error.Code == mrz.CodeCharacter && unread > 0:
		notes = append(notes, fmt.Sprintf("characters that cannot be read (?): %d", unread))
	case r.Error != nil:
		notes = append(notes, r.Error.Message)
	}
	for _, warning := range r.Warnings {
		notes = append(notes, warning.Message)
	}
	for _, change := range r.restored {
		notes = append(notes, restorations[change])
	}
	for _, repair := range r.Repairs {
		if len(r.restored) > 0 {
			break
		}
		notes = append(notes, fmt.Sprintf("line %d, column %d: %s was read as %s", repair.Line, repair.Column, repair.To, repair.From))
	}
	if len(r.Also) > 0 {
		notes = append(notes, "another MRZ is in the picture: --json shows it")
	}
	if r.Verdict == mrzimage.VerdictDoubtful {
		notes = append(notes, "doubtful: compare with the picture")
	}
	if r.Picture != nil {
		for _, code := range r.Picture.Reasons {
			if advice := advices[code]; advice != "" {
				notes = append(notes, advice)
			}
		}
	}
	if r.Valid {
		notes = append(notes, "all check digits hold")
	}
	return notes
}

// restorations say how the writing of the lines was put right.
var restorations = map[mrz.Change]string{
	mrz.ChangeFillers: "fillers came lost or as other signs, and were put back",
	mrz.ChangeLetters: "letters came small or from another alphabet, and were made capitals",
	mrz.ChangeLines:   "the lines came joined or broken, and were set apart",
	mrz.ChangeSigns:   "signs that belong to no MRZ were left out",
}

// advices are what stands in the way of reading, for people. That there is no
// MRZ, or not all of the picture, is said by the error.
var advices = map[string]string{
	mrzimage.ReasonTooSmall:  "the characters are too small: come closer",
	mrzimage.ReasonTooBlurry: "blurred: hold still and focus",
	mrzimage.ReasonTooDark:   "too dark: find more light",
	mrzimage.ReasonGlare:     "glare over the MRZ: turn the card out of the shine",
	mrzimage.ReasonCutOff:    "the MRZ is cut off at the edge: take the whole card",
}

// encodeLine writes an object on a line of its own, with fillers readable.
func encodeLine(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
