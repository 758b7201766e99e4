package fakemrz

import (
	"bytes"
	"crypto/subtle"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"

	"mrzbot/sandbox/web"
)

// maxBody bounds a request. The service's own limit is not documented;
// this is what Telegram lets a bot download, and some room.
const maxBody = 21 << 20

// movedPath is where the "redirect" answer points.
const movedPath = "/moved/"

// receive reads and checks a request as the service does, and stricter:
// exactly two parts, a picture that looks like one. The first thing wrong is
// the answer.
func (m *Server) receive(r *http.Request) (picture []byte, refusal *Answer) {
	switch {
	case r.URL.Path == movedPath:
		return nil, m.followed(r)
	case r.URL.Path != Path:
		return nil, refuse(http.StatusNotFound, "Not found.")
	case r.Method != http.MethodPost:
		return nil, refuse(http.StatusMethodNotAllowed, `Method "`+r.Method+`" not allowed.`)
	case r.ContentLength < 0: // chunked: the gateway in front wants to know the length
		return nil, &Answer{Status: http.StatusLengthRequired, HTML: true}
	case r.ContentLength > maxBody:
		return nil, &Answer{Status: http.StatusRequestEntityTooLarge, HTML: true}
	}
	key, picture, refusal := readParts(r)
	switch {
	case refusal != nil:
		return nil, refusal
	case key == "":
		return nil, fieldError("api_key", "This field is required.")
	case subtle.ConstantTimeCompare([]byte(key), []byte(m.cfg.Key)) != 1:
		return nil, refuse(http.StatusUnauthorized, "Invalid api_key")
	case picture == nil:
		return nil, fieldError("image", "No file was submitted.")
	case len(picture) == 0:
		return nil, fieldError("image", "The submitted file is empty.")
	case !web.IsPicture(picture):
		return nil, fieldError("image", "Upload a valid image. The file you uploaded was either not an image or a corrupted image.")
	}
	return picture, nil
}

func readParts(r *http.Request) (key string, picture []byte, refusal *Answer) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return "", nil, refuse(http.StatusUnsupportedMediaType, "Unsupported media type in request.")
	}
	parts := multipart.NewReader(r.Body, params["boundary"])
	seen := map[string]bool{}
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			// What stands behind the last boundary is read too: complete means all of it.
			if _, err := io.Copy(io.Discard, r.Body); err != nil {
				return "", nil, brokenBody(err)
			}
			return key, picture, nil
		}
		if err != nil {
			return "", nil, brokenBody(err)
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return "", nil, brokenBody(err)
		}
		name, isFile := part.FormName(), part.FileName() != ""
		switch {
		case seen[name]:
			return "", nil, fieldError(name, "Given twice.")
		case name == "api_key" && !isFile:
			key = string(data)
		case name == "image" && isFile:
			picture = data
		default:
			return "", nil, fieldError(name, "Unexpected part.")
		}
		seen[name] = true
	}
}

// brokenBody: the client went away, or does not keep its Content-Length.
func brokenBody(err error) *Answer {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return refuse(http.StatusBadRequest, "Multipart form parse error")
	}
	panic(http.ErrAbortHandler)
}

// followed notes a key that was carried along to where a redirect points.
func (m *Server) followed(r *http.Request) *Answer {
	body, _ := io.ReadAll(io.LimitReader(r.Body, maxBody)) // whatever came is searched
	if bytes.Contains(body, []byte(m.cfg.Key)) {
		m.update(func() { m.counts.Followed++ })
	}
	return refuse(http.StatusNotFound, "Not found.")
}

func refuse(status int, text string) *Answer {
	a := detail(status, text)
	return &a
}

func fieldError(field, text string) *Answer {
	return &Answer{Status: http.StatusBadRequest, Body: mustMarshal(map[string][]string{field: {text}})}
}
