package mrzclient

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
)

// decode takes the JSON of an answer, alone or as a list of one. cut says that
// it ends too early.
func decode(text []byte) (w wire, malformed, cut bool) {
	w, err := unmarshal(text)
	if err == nil {
		return w, false, false
	}
	if w, ok := among(withoutNaN(text)); ok {
		return w, false, false
	}
	syntax, _ := errors.AsType[*json.SyntaxError](err)
	return w, true, syntax != nil && syntax.Offset >= int64(len(text))
}

func unmarshal(text []byte) (w wire, err error) {
	err = json.Unmarshal(text, &w)
	var list []wire
	if _, other := errors.AsType[*json.UnmarshalTypeError](err); other && json.Unmarshal(text, &list) == nil && len(list) == 1 {
		return list[0], nil
	}
	return w, err
}

// odd are numbers that Python writes and JSON does not have, and texts, which are
// left alone.
var odd = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|-?Infinity\b|NaN\b`)

func withoutNaN(text []byte) []byte {
	return odd.ReplaceAllFunc(text, func(found []byte) []byte {
		if found[0] == '"' {
			return found
		}
		return []byte("null")
	})
}

// maxTries is how many opening braces are tried for the beginning of an answer.
const maxTries = 16

// among finds the one answer among what a server wrote before and after it, as
// warnings of its own. It is one if it says whether it succeeded, and more that
// a page's script does not.
func among(text []byte) (w wire, ok bool) {
	for range maxTries {
		at := bytes.IndexByte(text, '{')
		if at < 0 {
			break
		}
		text = text[at:]
		var found wire
		d := json.NewDecoder(bytes.NewReader(text))
		if d.Decode(&found) != nil {
			text = text[1:]
			continue
		}
		_, known := found.result()
		known = known && (found.MRZ != nil || found.Failure != nil || found.session() != "")
		if known && ok {
			return wire{}, false // which of the two is this picture's?
		}
		if known {
			w, ok = found, true
		}
		text = text[d.InputOffset():]
	}
	return w, ok
}
