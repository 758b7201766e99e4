package cli

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf16"

	"mrzbot/mrz"
)

// maxParseInput is how much `parse` reads: some ten thousand MRZs. More is
// not what somebody types or pipes on purpose.
const maxParseInput = 1 << 20

var (
	errParseEmpty   = errors.New("no MRZ on standard input: give its lines, several MRZs separated by an empty line")
	errParseTooLong = fmt.Errorf("more than %d bytes on standard input: give fewer MRZs at a time", maxParseInput)
)

// runParse is the command `mrzbot parse`: MRZs as text in, fields, checks and
// proposals out, as JSON one object a line. It never changes the lines. It is
// ok if every MRZ is valid.
func runParse(in io.Reader, out io.Writer, now time.Time, jsonOut bool) (ok bool, err error) {
	data, err := io.ReadAll(io.LimitReader(in, maxParseInput+1))
	if err != nil {
		return false, fmt.Errorf("reading standard input: %w", err)
	}
	if len(data) > maxParseInput {
		return false, errParseTooLong
	}
	found := mrz.Split(decodeText(data))
	if len(found) == 0 {
		return false, errParseEmpty
	}

	var page bytes.Buffer
	ok = true
	for i, lines := range found {
		p := parseZone(lines, now)
		ok = ok && p.read.Valid()
		if jsonOut {
			err = p.writeJSON(&page)
		} else {
			if i > 0 {
				page.WriteByte('\n')
			}
			err = p.write(&page)
		}
		if err != nil {
			return false, err
		}
	}
	if _, err := page.WriteTo(out); err != nil {
		return false, fmt.Errorf("writing the result: %w", err)
	}
	return ok, nil
}

// decodeText takes off the byte order mark with which editors begin a file, and
// reads what Windows writes by default: UTF-16.
func decodeText(data []byte) string {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		order = binary.LittleEndian
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		order = binary.BigEndian
	default:
		return strings.TrimPrefix(string(data), "\ufeff")
	}
	var units []uint16
	for data = data[2:]; len(data) > 1; data = data[2:] {
		units = append(units, order.Uint16(data))
	}
	return string(utf16.Decode(units))
}

// parsed is an MRZ as it was given, and what is proposed.
type parsed struct {
	read mrz.MRZ
	// restored is the MRZ with its writing put right, if that was changed on
	// the way: the proposals are for it then.
	restored  *mrz.MRZ
	proposals [][]mrz.Repair
}

func parseZone(lines []string, now time.Time) parsed {
	p := parsed{read: mrz.Parse(lines, now)}
	subject := p.read
	if r, ok := mrz.Restore(lines); ok {
		subject = mrz.Parse(r.Lines, now)
		p.restored = &subject
	}
	p.proposals = mrz.Propose(subject, now)
	return p
}

// proposed are the lines that parse proposes, if there is one proposal: between
// several a person has to choose.
func (p parsed) proposed() []string {
	switch {
	case p.restored != nil && len(p.proposals) == 1:
		return mrz.Apply(p.restored.Lines, p.proposals[0])
	case p.restored != nil:
		return p.restored.Lines
	case len(p.proposals) == 1:
		return mrz.Apply(p.read.Lines, p.proposals[0])
	}
	return nil
}

// parseReport is what parse says of an MRZ in JSON.
type parseReport struct {
	mrz.Report
	// Proposal are the lines with the repairs made.
	Proposal []string `json:"proposal,omitempty"`
}

// writeJSON writes one object.
func (p parsed) writeJSON(out io.Writer) error {
	report := parseReport{Proposal: p.proposed()}
	var repairs []mrz.Repair
	if report.Proposal != nil {
		repairs = mrz.Diff(p.read.Lines, report.Proposal)
	}
	report.Report = mrz.NewReport("-", p.read, repairs)
	return encodeLine(out, report)
}

// write writes an MRZ for people. What was restored is shown instead of the
// errors of each character that is not as it should be.
func (p parsed) write(out io.Writer) error {
	if p.restored == nil {
		return writeMRZ(out, p.read, p.proposals)
	}
	fmt.Fprintf(out, "not valid as it is written: %s\n", p.read.Errors[0].Message)
	for _, line := range p.read.Lines {
		fmt.Fprintf(out, "  %s\n", printable(line))
	}
	fmt.Fprint(out, "restored, as a proposal: the only way it fits\n\n")
	return writeMRZ(out, *p.restored, p.proposals)
}

// writeMRZ writes an MRZ for people. It never says "valid" without saying
// which fields that is true of.
func writeMRZ(out io.Writer, z mrz.MRZ, proposals [][]mrz.Repair) error {
	verdict := "not valid"
	if z.Valid() {
		verdict = "all check digits hold, for the fields they protect"
	}
	if z.Format == mrz.Unknown {
		fmt.Fprintf(out, "no known format: %s\n", verdict)
	} else {
		fmt.Fprintf(out, "%s: %s\n", z.Format, verdict)
	}
	for _, line := range z.Lines {
		fmt.Fprintf(out, "  %s\n", printable(line))
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	writeFields(table, z)
	writeChecks(table, z.Checks)
	writeProblems(table, "error", z.Errors)
	writeProblems(table, "warning", z.Warnings)
	for i, set := range proposals {
		fmt.Fprintf(table, "repair %d of %d\t%s\n", i+1, len(proposals), repairText(set))
	}
	return table.Flush()
}

func writeFields(out io.Writer, z mrz.MRZ) {
	for _, field := range mrz.AllFields() {
		if value := z.Fields.Get(field); value != "" {
			fmt.Fprintf(out, "%s\t%s\t%s\n", field, printable(value), z.Protection(field))
		}
	}
}

func writeChecks(out io.Writer, c mrz.Checks) {
	words := map[mrz.Check]string{mrz.Holds: "holds", mrz.Failed: "does not hold"}
	for _, check := range [...]struct {
		name  string
		state mrz.Check
	}{
		{"document_number", c.DocumentNumber},
		{"birth_date", c.BirthDate},
		{"expiry_date", c.ExpiryDate},
		{"personal_number", c.PersonalNumber},
		{"composite", c.Composite},
	} {
		if check.state != mrz.Absent {
			fmt.Fprintf(out, "check\t%s\t%s\n", check.name, words[check.state])
		}
	}
}

func writeProblems(out io.Writer, kind string, problems []mrz.Problem) {
	for _, p := range problems {
		fmt.Fprintf(out, "%s\t%s\t%s\n", kind, p.Code, p.Message)
	}
}

// repairText is one set of changes, such as `line 1, column 7: "O" is "0"`. Of a
// proposal nothing is inserted and nothing left out.
func repairText(set []mrz.Repair) string {
	changes := make([]string, len(set))
	for i, r := range set {
		changes[i] = fmt.Sprintf("line %d, column %d: %q is %q", r.Line, r.Column, printable(r.From), r.To)
	}
	return strings.Join(changes, "; ")
}

// printable keeps a terminal safe from what was read: everything but printable
// ASCII becomes a question mark.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
}

type parseCommand struct {
	JSON bool `name:"json" help:"One JSON object per MRZ, one a line."`
}

// Run parses what stands on standard input.
func (c parseCommand) Run(p Process) error {
	now, err := p.localNow()
	if err != nil {
		return err
	}
	ok, err := runParse(p.Stdin, p.Stdout, now(), c.JSON)
	switch {
	case err != nil:
		return err
	case !ok:
		return errFailed
	default:
		return nil
	}
}
