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

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"mrzbot/storage"
)

// Metrics is what the program counts.
type Metrics struct {
	registry *prometheus.Registry
	photos   *prometheus.CounterVec
	took     *prometheus.HistogramVec
	updates  *prometheus.CounterVec
}

// New makes the metrics; the outcomes' series start at zero, so that the first
// failure of a kind is seen as a rise.
func New(version string, outcomes []string) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		photos: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mrzbot_photos_total", Help: "Photos answered, by outcome and by what the provider may charge.",
		}, []string{"outcome", "charge"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "mrzbot_photo_seconds", Help: "Seconds from the claim of a photo to its answer, by outcome.",
			Buckets: []float64{0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 13, 21, 34},
		}, []string{"outcome"}),
		updates: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mrzbot_door_total", Help: "What came to the door, by what was done with it.",
		}, []string{"result"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "mrzbot_build_info", Help: "Always 1; the label says which version runs.",
		ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	m.registry.MustRegister(m.photos, m.took, m.updates, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, o := range outcomes {
		m.photos.WithLabelValues(o, string(storage.ChargeNo))
		m.took.WithLabelValues(o)
	}
	return m
}

// Outcome counts an answered photo.
func (m *Metrics) Outcome(code, charge string, took time.Duration) {
	m.photos.WithLabelValues(code, charge).Inc()
	m.took.WithLabelValues(code).Observe(took.Seconds())
}

// Door counts what the door did with a request.
func (m *Metrics) Door(result string) { m.updates.WithLabelValues(result).Inc() }

// Store is what the ops server asks of the store.
type Store interface {
	Ready(ctx context.Context) error
	Backlog(ctx context.Context, now time.Time) (storage.Backlog, error)
}

// backlog reads the store's figures when they are asked for.
type backlog struct {
	store Store
	now   func() time.Time
	tasks *prometheus.Desc
}

func (b backlog) Describe(ch chan<- *prometheus.Desc) { ch <- b.tasks }

func (b backlog) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), askTimeout)
	defer cancel()
	s, err := b.store.Backlog(ctx, b.now())
	if err != nil {
		ch <- prometheus.NewInvalidMetric(b.tasks, errors.New("the store did not answer"))
		return
	}
	gauge := func(n int, labels ...string) {
		ch <- prometheus.MustNewConstMetric(b.tasks, prometheus.GaugeValue, float64(n), labels...)
	}
	for _, k := range []storage.Kind{storage.KindPhoto, storage.KindUpdate, storage.KindDelete, storage.KindNotice} {
		gauge(s.Waiting[k], string(k), "waiting")
		gauge(s.Leased[k], string(k), "in_work")
	}
	gauge(s.Aside, "any", "aside")
}

// askTimeout bounds how long a probe waits for the store.
const askTimeout = 2 * time.Second

// Watch adds the store's backlog to the metrics.
func (m *Metrics) Watch(s Store, now func() time.Time) {
	m.registry.MustRegister(backlog{s, now, prometheus.NewDesc("mrzbot_tasks",
		"Tasks in the store, by kind and by what they wait for.", []string{"kind", "state"}, nil)})
}

// WatchClock adds how far this machine's clock is ahead of Telegram's.
func (m *Metrics) WatchClock(ahead func() time.Duration) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "mrzbot_clock_ahead_seconds",
		Help: "By how much the clock of this machine is ahead of Telegram's, negative when it is behind; 0 while they agree to some seconds.",
	}, func() float64 { return ahead().Seconds() }))
}

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
