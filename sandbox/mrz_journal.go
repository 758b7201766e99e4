package sandbox

import "fmt"

// entry is what the journal says of a call.
func (c *MRZCall) entry() Entry {
	e := Entry{
		At: c.At.UnixMilli(), Source: FromService, What: "mrz/retrieve", Status: c.Status, Took: c.Took,
		Bad: c.Status != 200, Fields: []Field{{"api_key", "[hidden]"}},
	}
	if c.Complete {
		e.Fields = append(e.Fields, Field{"image", fmt.Sprintf("a picture of %d bytes", c.Bytes)})
	}
	if c.Answer != "" {
		e.Fields = append(e.Fields, Field{"answer", c.Answer})
	}
	switch {
	case c.Status == 0 && c.Complete:
		e.Note = "no answer, the picture was received"
	case c.Status == 0:
		e.Note = "no answer, the connection was cut"
	}
	return e
}
