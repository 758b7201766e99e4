// Package ops serves what keeps the program running wants to know: health,
// readiness and metrics. No label of a metric ever names a person, a chat or a
// file.
package ops

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// askTimeout bounds how long a probe waits for the store.
const askTimeout = 2 * time.Second

// State is how the program is, for /readyz.
type State struct {
	Started bool     // it takes in updates
	Trouble string   // why it does so no longer; "" while it does
	Notes   []string // what somebody should see to, a line each
}

// Handler serves /healthz, /readyz and /metrics.
func (m *Metrics) Handler(s Store, state func() State) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "ok\n")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), askTimeout)
		defer cancel()
		status, says, is := http.StatusServiceUnavailable, "", state()
		switch {
		case !is.Started && is.Trouble == "":
			says = "starting: Telegram has not answered yet"
		case s.Ready(ctx) != nil:
			says = "the store does not take writes"
		case is.Trouble != "":
			says = is.Trouble
		default:
			status, says = http.StatusOK, "ready"
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, strings.Join(append([]string{says}, is.Notes...), "\n")+"\n")
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorHandling: promhttp.ContinueOnError,
	}))
	return mux
}

// Serve answers on l until ctx is done.
func Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	s := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, IdleTimeout: time.Minute}
	stop := context.AfterFunc(ctx, func() { _ = s.Close() })
	defer stop()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
