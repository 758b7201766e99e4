package sandbox

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// drip is the pause between two blanks of an answer without an end.
const drip = 50 * time.Millisecond

func (a MRZAnswer) write(w http.ResponseWriter, r *http.Request) {
	if a.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(a.RetryAfter))
	}
	if a.Location != "" {
		w.Header().Set("Location", a.Location)
	}
	if a.HTML {
		writeHTML(w, r, a.Status)
		return
	}
	if a.Encoding == "gzip" {
		a.Body = zipped(a.Body)
	}
	if a.Framing != MRZLength {
		a.writeBare(w)
		return
	}
	w.Header().Set("Content-Type", a.contentType())
	w.Header().Set("Content-Length", strconv.Itoa(len(a.Body)))
	if a.Encoding != "" {
		w.Header().Set("Content-Encoding", a.Encoding)
	}
	w.WriteHeader(a.Status)
	if a.Cut == MRZCutInAnswer {
		_, _ = io.WriteString(w, a.Body[:len(a.Body)/2])
		_ = http.NewResponseController(w).Flush() // so that half of it surely leaves
		panic(http.ErrAbortHandler)
	}
	_, _ = io.WriteString(w, a.Body)
}

func (a MRZAnswer) contentType() string {
	if a.ContentType != "" {
		return a.ContentType
	}
	return "application/json"
}

func zipped(text string) string {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = io.WriteString(w, text) // a buffer takes everything
	_ = w.Close()
	return packed.String()
}

// writeBare writes to the connection itself what no server of net/http would.
func (a MRZAnswer) writeBare(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer func() { _ = conn.Close() }()
	head := fmt.Sprintf("HTTP/1.1 %d %s\r\nContent-Type: %s\r\n", a.Status, http.StatusText(a.Status), a.contentType())
	whole := fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", head, len(a.Body), a.Body)
	switch a.Framing {
	case MRZUnframed:
		text := a.Body
		if a.Cut == MRZCutInAnswer {
			text = text[:len(text)/2]
		}
		_, _ = io.WriteString(conn, head+"\r\n"+text)
	case MRZTwice:
		_, _ = io.WriteString(conn, whole+whole)
		untilClosed(conn)
	case MRZSwitches:
		_, _ = io.WriteString(conn, head+"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
		untilClosed(conn)
	case MRZEndless:
		_, err := io.WriteString(conn, head+"\r\n")
		for ; err == nil; _, err = io.WriteString(conn, " ") {
			time.Sleep(drip)
		}
	}
}

// untilClosed waits for the client to hang up.
func untilClosed(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }
