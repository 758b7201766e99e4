package botapi

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"unicode/utf8"
)

// MaxBody bounds a request: Telegram takes uploads of 50 MB; a megabyte on
// top is for the fields and the boundaries.
const MaxBody = 51 << 20

// File is one uploaded part.
type File struct {
	Name string // file name as the sender gave it
	MIME string
	Data []byte
}

// Request is the parameters of a call, whatever encoding they came in.
type Request struct {
	Method string
	Fields map[string]string // JSON values as their JSON text
	Files  map[string]File
}

// Parse reads the parameters from query, form, multipart or JSON, all of
// which Telegram takes. It consumes the body.
func Parse(method string, r *http.Request) (*Request, *Error) {
	req := &Request{Method: method, Fields: map[string]string{}, Files: map[string]File{}}
	body := http.MaxBytesReader(nil, r.Body, MaxBody)
	if err := req.addValues(r.URL.Query()); err != nil {
		return req, err
	}
	contentType, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	var err *Error
	switch contentType {
	case "multipart/form-data":
		err = req.readMultipart(multipart.NewReader(body, params["boundary"]))
	case "application/json":
		err = req.readJSON(body)
	case "application/x-www-form-urlencoded":
		err = req.readForm(body)
	default:
		if n, _ := io.CopyN(io.Discard, body, 1); n > 0 {
			err = BadRequest("unsupported Content-Type of the body")
		}
	}
	return req, err
}

func (q *Request) add(name, value string) *Error {
	if _, twice := q.Fields[name]; twice {
		return BadRequest("field %q is given twice", name)
	}
	if !utf8.ValidString(value) {
		return BadRequest("strings must be encoded in UTF-8")
	}
	q.Fields[name] = value
	return nil
}

func (q *Request) addValues(values url.Values) *Error {
	for name, list := range values {
		for _, value := range list {
			if err := q.add(name, value); err != nil {
				return err
			}
		}
	}
	return nil
}

func (q *Request) readForm(body io.Reader) *Error {
	raw, err := io.ReadAll(body)
	if err != nil {
		return unreadable(err)
	}
	values, err := url.ParseQuery(string(raw))
	if err != nil {
		return BadRequest("can't parse the form")
	}
	return q.addValues(values)
}

func (q *Request) readJSON(body io.Reader) *Error {
	raw, err := io.ReadAll(body)
	if err != nil {
		return unreadable(err)
	}
	if len(raw) == 0 {
		return nil
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(raw, &object); err != nil || object == nil {
		return BadRequest("can't parse JSON object")
	}
	for name, value := range object {
		text := string(value)
		if text == "null" {
			continue // Telegram takes null as "not given"
		}
		var s string
		if json.Unmarshal(value, &s) == nil {
			text = s
		}
		if err := q.add(name, text); err != nil {
			return err
		}
	}
	return nil
}

func (q *Request) readMultipart(parts *multipart.Reader) *Error {
	for {
		part, err := parts.NextPart()
		if err == io.EOF { // bare: the closing boundary; wrapped: the body broke off
			return nil
		}
		if err != nil {
			// A client without parameters may send no body at all, not even
			// the closing boundary.
			if len(q.Fields) == 0 && len(q.Files) == 0 && errors.Is(err, io.EOF) {
				return nil
			}
			return unreadable(err)
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return unreadable(err)
		}
		name := part.FormName()
		if part.FileName() == "" {
			if err := q.add(name, string(data)); err != nil {
				return err
			}
			continue
		}
		if _, twice := q.Files[name]; twice {
			return BadRequest("file %q is given twice", name)
		}
		q.Files[name] = File{Name: part.FileName(), MIME: part.Header.Get("Content-Type"), Data: data}
	}
}

func unreadable(err error) *Error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return &Error{Code: http.StatusRequestEntityTooLarge, Description: "Request Entity Too Large"}
	}
	return BadRequest("can't read the body")
}

// Has says whether the field was given.
func (q *Request) Has(name string) bool {
	_, ok := q.Fields[name]
	return ok
}

// Int is the field as a number; 0 when it is absent. Check has seen to the form.
func (q *Request) Int(name string) int64 {
	n, _ := strconv.ParseInt(q.Fields[name], 10, 64)
	return n
}

// Bool is the field as a truth value; false when it is absent.
func (q *Request) Bool(name string) bool {
	return isTrue(q.Fields[name])
}

// Decode reads a JSON field into v and leaves v alone when it is absent.
func (q *Request) Decode(name string, v any) *Error {
	raw, ok := q.Fields[name]
	if !ok {
		return nil
	}
	if json.Unmarshal([]byte(raw), v) != nil {
		return BadRequest("can't parse field %q", name)
	}
	return nil
}

// Object is a JSON object of a call as a request of its own, whose files are the
// call's.
func (q *Request) Object(name string) (*Request, *Error) {
	inner := &Request{Method: q.Method, Fields: map[string]string{}, Files: q.Files}
	var fields map[string]json.RawMessage
	if err := q.Decode(name, &fields); err != nil {
		return nil, err
	}
	for field, value := range fields {
		text := string(value)
		var s string
		if json.Unmarshal(value, &s) == nil {
			text = s
		}
		if err := inner.add(field, text); err != nil {
			return nil, err
		}
	}
	return inner, nil
}
