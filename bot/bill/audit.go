package bill

import (
	"cmp"
	"io"
	"iter"

	"mrzbot/storage"
)

// Audit writes a row for each entry of the audit, as it comes. action gives the words
// for a code.
func (f File) Audit(w io.Writer, entries iter.Seq2[storage.AuditEntry, error], name func(int64) string, action func(string) string) error {
	t := newTable(w, f.Format, "time", "by", "by_name", "action", "what", "person", "person_name", "detail")
	for e, err := range entries {
		if err := cmp.Or(err, t.failed); err != nil {
			return err
		}
		t.row(e.At.In(f.Zone).Format(clock), id(e.By), name(e.By), e.Action, action(e.Action), id(e.Person), name(e.Person), e.Detail)
	}
	return t.end()
}

// id is empty for nobody.
func id(n int64) string {
	if n == 0 {
		return ""
	}
	return number(n)
}
