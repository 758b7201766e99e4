package faketelegram

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"mrzbot/sandbox/journal"
)

// entry is what the journal says of a call.
func (c *Call) entry() journal.Entry {
	e := journal.Entry{
		At: c.At.UnixMilli(), Source: journal.FromTelegram, What: c.Method, Status: c.Status, Note: c.Error,
		Bad: c.Status != 200, Took: c.Took, Person: c.Chat,
	}
	for _, name := range slices.Sorted(maps.Keys(c.Fields)) {
		e.Fields = append(e.Fields, journal.Field{Name: name, Value: c.Fields[name]})
	}
	for _, name := range slices.Sorted(maps.Keys(c.Files)) {
		e.Fields = append(e.Fields, journal.Field{Name: name, Value: fmt.Sprintf("a file of %d bytes", c.Files[name])})
	}
	return e
}

// entry of a delivery names what the update is, and shows it as it was sent.
func (d Delivery) entry(at int64, u *update) journal.Entry {
	e := journal.Entry{
		At: at, Source: journal.FromDelivery, What: "update", Status: d.Status, Note: d.Error, Bad: d.Status/100 != 2,
		Took: d.Took, Update: d.UpdateID, Fields: []journal.Field{{Name: "update", Value: string(u.raw)}},
	}
	var known map[string]json.RawMessage
	if json.Unmarshal(u.raw, &known) == nil {
		for name, raw := range known {
			if name != "update_id" {
				e.What, e.Person = name, sender(raw)
			}
		}
	}
	if d.Attempt > 1 {
		e.Fields = append([]journal.Field{{Name: "attempt", Value: strconv.Itoa(d.Attempt)}}, e.Fields...)
	}
	return e
}

func sender(raw []byte) int64 {
	var about struct {
		From struct {
			ID int64 `json:"id"`
		} `json:"from"`
	}
	_ = json.Unmarshal(raw, &about) // a channel's post has no sender: 0
	return about.From.ID
}
