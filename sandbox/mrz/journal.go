package fakemrz

import (
	"fmt"

	"mrzbot/sandbox/journal"
)

// entry is what the journal says of a call.
func (c *Call) entry() journal.Entry {
	e := journal.Entry{
		At: c.At.UnixMilli(), Source: journal.FromService, What: "mrz/retrieve", Status: c.Status, Took: c.Took,
		Bad: c.Status != 200, Fields: []journal.Field{{Name: "api_key", Value: "[hidden]"}},
	}
	if c.Complete {
		e.Fields = append(e.Fields, journal.Field{Name: "image", Value: fmt.Sprintf("a picture of %d bytes", c.Bytes)})
	}
	if c.Answer != "" {
		e.Fields = append(e.Fields, journal.Field{Name: "answer", Value: c.Answer})
	}
	switch {
	case c.Status == 0 && c.Complete:
		e.Note = "no answer, the picture was received"
	case c.Status == 0:
		e.Note = "no answer, the connection was cut"
	}
	return e
}
