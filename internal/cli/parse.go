package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"mrzbot/mrz"
)

// maxParseInput is how much `parse` reads: some ten thousand zones. More is
// not what somebody types or pipes on purpose.
const maxParseInput = 1 << 20

var (
	errParseEmpty   = errors.New("no MRZ on standard input: give its lines, zones separated by an empty line")
	errParseTooLong = fmt.Errorf("more than %d bytes on standard input: give fewer zones at a time", maxParseInput)
)

// runParse is the command `mrzbot parse`: zones as text in, fields, checks and
// proposals out, as JSON one object a line. It never changes the lines. It is
// ok if every zone is valid.
func runParse(in io.Reader, out io.Writer, now time.Time, jsonOut bool) (ok bool, err error) {
	text, err := io.ReadAll(io.LimitReader(in, maxParseInput+1))
	if err != nil {
		return false, fmt.Errorf("reading standard input: %w", err)
	}
	if len(text) > maxParseInput {
		return false, errParseTooLong
	}
	zones := mrz.Split(string(text))
	if len(zones) == 0 {
		return false, errParseEmpty
	}

	var page bytes.Buffer
	ok = true
	for i, lines := range zones {
		z := mrz.Parse(lines, now)
		ok = ok && z.Valid()
		if proposals := mrz.Propose(z, now); jsonOut {
			err = writeZoneJSON(&page, z, proposals)
		} else {
			if i > 0 {
				page.WriteByte('\n')
			}
			err = writeZone(&page, z, proposals)
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

// writeZoneJSON writes one object. Of proposals only a single one is a repair:
// between several a person has to choose.
func writeZoneJSON(out io.Writer, z mrz.Zone, proposals [][]mrz.Repair) error {
	var repairs []mrz.Repair
	if len(proposals) == 1 {
		repairs = proposals[0]
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false) // fillers stay readable
	return encoder.Encode(mrz.NewReport("-", z, repairs))
}

// writeZone writes a zone for people. It never says "valid" without saying
// which fields that is true of.
func writeZone(out io.Writer, z mrz.Zone, proposals [][]mrz.Repair) error {
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

func writeFields(out io.Writer, z mrz.Zone) {
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

// repairText is one set of changes, such as `line 1, column 7: "O" is "0"`.
func repairText(set []mrz.Repair) string {
	changes := make([]string, len(set))
	for i, r := range set {
		place := fmt.Sprintf("line %d, column %d: ", r.Line, r.Column)
		switch {
		case r.From == "":
			changes[i] = place + fmt.Sprintf("%q is missing", r.To)
		case r.To == "":
			changes[i] = place + fmt.Sprintf("%q is one too many", printable(r.From))
		default:
			changes[i] = place + fmt.Sprintf("%q is %q", printable(r.From), r.To)
		}
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
	JSON bool `name:"json" help:"One JSON object per zone, one a line."`
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
