package mrz

// Report is a zone as the commands print it in JSON, one object a zone.
type Report struct {
	File     string    `json:"file"`
	Lines    []string  `json:"lines"`
	Format   Format    `json:"format"`
	Valid    bool      `json:"valid"`
	Fields   Fields    `json:"fields"`
	Checks   Checks    `json:"checks"`
	Warnings []Problem `json:"warnings"`
	Repairs  []Repair  `json:"repairs"`

	// Error is the first error of the zone.
	Error *Problem `json:"error"`
}

// NewReport makes the report of a zone from a file, which may have no name. Of
// a zone of unknown shape the fields are empty and the checks null. The
// repairs are proposals or what was done, as the command says.
func NewReport(file string, z Zone, repairs []Repair) Report {
	r := Report{
		File: file, Lines: z.Lines, Format: z.Format, Valid: z.Valid(),
		Fields: z.Fields, Checks: z.Checks, Warnings: z.Warnings, Repairs: repairs,
	}
	// In JSON an empty list is [], never null.
	if r.Lines == nil {
		r.Lines = []string{}
	}
	if r.Warnings == nil {
		r.Warnings = []Problem{}
	}
	if r.Repairs == nil {
		r.Repairs = []Repair{}
	}
	if len(z.Errors) > 0 {
		first := z.Errors[0]
		r.Error = &first
	}
	return r
}
