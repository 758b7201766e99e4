// Package web is what the sandbox's servers have in common: how they write JSON
// and a gateway's page, wait, and know this computer and a picture. The program
// itself serves nothing with it.
package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"net"
	"net/http"
	"strconv"
	"time"
)

// IsLoopback says whether a host without a port is this computer.
func IsLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// IsPicture says whether bytes begin like a JPEG or PNG file.
func IsPicture(data []byte) bool {
	switch http.DetectContentType(data) {
	case "image/jpeg", "image/png":
		return true
	}
	return false
}

// WriteJSON answers with a value, written as Encode writes it.
func WriteJSON(w http.ResponseWriter, status int, value any) {
	body, err := Encode(value)
	if err != nil {
		status = http.StatusInternalServerError
		body = []byte(`{"ok":false,"error_code":500,"description":"Internal Server Error"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that went away is no error here
}

// Encode writes JSON as the services do: "<" stays "<".
func Encode(value any) ([]byte, error) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimSuffix(body.Bytes(), []byte("\n")), err
}

// WriteHTML answers like a gateway in front of a service. The page names the
// path that was asked for, as such pages do; a client must not pass it on.
func WriteHTML(w http.ResponseWriter, r *http.Request, status int) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<html>\r\n<head><title>%d %s</title></head>\r\n<body>\r\n<center><h1>%d %s</h1></center>\r\n<p>%s</p>\r\n</body>\r\n</html>\r\n",
		status, http.StatusText(status), status, http.StatusText(status), html.EscapeString(r.URL.Path))
}

// Pause waits, and says false when the caller went away.
func Pause(r *http.Request, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}
