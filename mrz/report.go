package mrz

// Report is an MRZ as the commands print it in JSON, one object an MRZ.
type Report struct {
	File     string    `json:"file"`
	Lines    []string  `json:"lines"`
	Format   Format    `json:"format"`
	Valid    bool      `json:"valid"`
	Fields   Fields    `json:"fields"`
	Checks   Checks    `json:"checks"`
	Warnings []Problem `json:"warnings"`
	Repairs  []Repair  `json:"repairs"`

	// Error is the first error of the MRZ.
	Error *Problem `json:"error"`
}

// NewReport makes the report of an MRZ from a file, which may have no name. Of
// an MRZ of unknown shape the fields are empty and the checks null. The
// repairs are proposals or what was done, as the command says.
func NewReport(file string, m MRZ, repairs []Repair) Report {
	r := Report{
		File: file, Lines: m.Lines, Format: m.Format, Valid: m.Valid(),
		Fields: m.Fields, Checks: m.Checks, Warnings: m.Warnings, Repairs: repairs,
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
	if len(m.Errors) > 0 {
		first := m.Errors[0]
		r.Error = &first
	}
	return r
}
