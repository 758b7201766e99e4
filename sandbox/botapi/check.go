package botapi

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Check holds a request against the tables: unknown, missing and unplayed
// fields, wrong types, files where none belong. It does not look at limits.
func Check(q *Request) *Error {
	table := methods[q.Method]
	attached := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(q.Fields)) {
		row, err := lookup(table, q.Method, name)
		if err != nil {
			return err
		}
		if !fitsForm(row.typ, q.Fields[name]) {
			return BadRequest("field %q must be of type %s", name, row.typ)
		}
		for _, match := range attachment.FindAllStringSubmatch(q.Fields[name], -1) {
			if _, ok := q.Files[match[1]]; !ok {
				return BadRequest("field %q names an attachment that was not uploaded", name)
			}
			attached[match[1]] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(q.Files)) {
		if attached[name] {
			continue
		}
		row, err := lookup(table, q.Method, name)
		if err != nil {
			return err
		}
		if !slices.Contains(strings.Split(row.typ, " or "), "InputFile") {
			return BadRequest("field %q must be of type %s, not a file", name, row.typ)
		}
		if q.Has(name) {
			return BadRequest("field %q is given twice", name)
		}
	}
	return missing(q, table)
}

var attachment = regexp.MustCompile(`attach://([^"\\\s]+)`)

func lookup(table []field, owner, name string) (field, *Error) {
	i := slices.IndexFunc(table, func(f field) bool { return f.name == name })
	if i < 0 {
		return field{}, BadRequest("%s has no field %q", owner, name)
	}
	if table[i].use == notPlayed {
		return field{}, BadRequest("the sandbox does not play the field %q of %s", name, owner)
	}
	return table[i], nil
}

func missing(q *Request, table []field) *Error {
	for _, row := range table {
		if row.use != required {
			continue
		}
		if _, file := q.Files[row.name]; file {
			continue
		}
		value, given := q.Fields[row.name]
		if given && (value != "" || mayBeEmpty[q.Method+"."+row.name]) {
			continue
		}
		if row.name == "text" {
			return BadRequest("message text is empty")
		}
		return BadRequest("%s is empty", row.name)
	}
	return nil
}

// fitsForm: the raw text of a parameter fits one of the types.
func fitsForm(types, raw string) bool {
	for typ := range strings.SplitSeq(types, " or ") {
		switch typ {
		case "String":
			return true
		case "InputFile":
			continue // only an uploaded part, or attach:// where String stands beside it
		case "Integer":
			if _, err := strconv.ParseInt(raw, 10, 64); err == nil {
				return true
			}
		case "Boolean":
			if isTrue(raw) || raw == "false" || raw == "False" || raw == "0" {
				return true
			}
		default:
			if value, ok := decode(raw); ok && fitsJSON(typ, value) {
				return true
			}
		}
	}
	return false
}

func isTrue(raw string) bool { return raw == "true" || raw == "True" || raw == "1" }

func decode(raw string) (value any, ok bool) {
	d := json.NewDecoder(bytes.NewReader([]byte(raw)))
	d.UseNumber()
	if d.Decode(&value) != nil {
		return nil, false
	}
	_, err := d.Token()
	return value, err == io.EOF
}

// fitsJSON: a decoded value fits one of the types, all the way down.
func fitsJSON(types string, value any) bool {
	for typ := range strings.SplitSeq(types, " or ") {
		if fitsOne(typ, value) {
			return true
		}
	}
	return false
}

func fitsOne(typ string, value any) bool {
	if element, ok := strings.CutPrefix(typ, "Array of "); ok {
		list, isList := value.([]any)
		return isList && !slices.ContainsFunc(list, func(v any) bool { return !fitsJSON(element, v) })
	}
	switch typ {
	case "String":
		_, ok := value.(string)
		return ok
	case "Integer":
		n, ok := value.(json.Number)
		if !ok {
			return false
		}
		_, err := n.Int64()
		return err == nil
	case "Boolean":
		_, ok := value.(bool)
		return ok
	}
	if union, ok := unions[typ]; ok {
		return fitsJSON(union, value)
	}
	if table, ok := objects[typ]; ok {
		return fitsObject(table, value)
	}
	return value == typ // a constant: the discriminator of a union
}

func fitsObject(table []field, value any) bool {
	object, ok := value.(map[string]any)
	if !ok {
		return false
	}
	for name := range object {
		if _, err := lookup(table, "", name); err != nil {
			return false
		}
	}
	return !slices.ContainsFunc(table, func(row field) bool {
		v, given := object[row.name]
		if !given {
			return row.use == required
		}
		return !fitsJSON(row.typ, v)
	})
}
