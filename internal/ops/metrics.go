package ops

import (
	"context"
	"errors"
	"math"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"mrzbot/storage"
)

// Metrics is what the program counts.
type Metrics struct {
	registry *prometheus.Registry
	photos   *prometheus.CounterVec
	took     *prometheus.HistogramVec
	updates  *prometheus.CounterVec
	saved    *prometheus.CounterVec

	telegram       *prometheus.HistogramVec
	telegramErrors *prometheus.CounterVec
	service        *prometheus.HistogramVec
	store          *prometheus.HistogramVec
	storeErrors    *prometheus.CounterVec
}

// quick are the buckets of what takes milliseconds, in seconds.
var quick = []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10}

// slow are the buckets of what takes seconds.
var slow = []float64{0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 13, 21, 34}

// New makes the metrics; the series of the outcomes and of what saves calls start at
// zero, so that the first of a kind is seen as a rise.
func New(version string, outcomes, savings []string) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		photos: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mrzbot_photos_total", Help: "Photos answered, by outcome and by what the provider may charge.",
		}, []string{"outcome", "charge"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "mrzbot_photo_seconds", Help: "Seconds from the claim of a photo to its answer, by outcome.",
			Buckets: slow,
		}, []string{"outcome"}),
		updates: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mrzbot_door_total", Help: "What came to the door, by what was done with it.",
		}, []string{"result"}),
		saved: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mrzbot_calls_saved_total", Help: "Calls of the service that were not needed, by what saved them.",
		}, []string{"by"}),
		telegram: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "mrzbot_telegram_call_seconds", Help: "Seconds until Telegram answered a call, by method; without long polling.",
			Buckets: quick,
		}, []string{"method"}),
		telegramErrors: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mrzbot_telegram_errors_total", Help: "Calls that Telegram refused or did not answer, by method and by code (none: no answer).",
		}, []string{"method", "code"}),
		service: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "mrzbot_service_call_seconds", Help: "Seconds that a call to the MRZ API took, by what it came to.",
			Buckets: slow,
		}, []string{"result"}),
		store: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "mrzbot_store_seconds", Help: "Seconds that an operation of the store took, by operation.",
			Buckets: quick,
		}, []string{"operation"}),
		storeErrors: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mrzbot_store_errors_total", Help: "Operations that the store could not carry out, by operation.",
		}, []string{"operation"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "mrzbot_build_info", Help: "Always 1; the labels say which version runs, and made by which Go.",
		ConstLabels: prometheus.Labels{"version": version, "goversion": runtime.Version()},
	})
	build.Set(1)
	m.registry.MustRegister(m.photos, m.took, m.updates, m.saved, build,
		m.telegram, m.telegramErrors, m.service, m.store, m.storeErrors,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, o := range outcomes {
		m.photos.WithLabelValues(o, string(storage.ChargeNo))
		m.took.WithLabelValues(o)
	}
	for _, by := range savings {
		m.saved.WithLabelValues(by)
	}
	return m
}

// Saved counts a call that was not needed.
func (m *Metrics) Saved(by string) { m.saved.WithLabelValues(by).Inc() }

// Outcome counts an answered photo.
func (m *Metrics) Outcome(code, charge string, took time.Duration) {
	m.photos.WithLabelValues(code, charge).Inc()
	m.took.WithLabelValues(code).Observe(took.Seconds())
}

// Door counts what the door did with a request.
func (m *Metrics) Door(result string) { m.updates.WithLabelValues(result).Inc() }

// TelegramCall counts a call to Telegram. The code is HTTP's; 0: no answer.
func (m *Metrics) TelegramCall(method string, code int, took time.Duration) {
	m.telegram.WithLabelValues(method).Observe(took.Seconds())
	switch {
	case code == 0:
		m.telegramErrors.WithLabelValues(method, "none").Inc()
	case code >= 300:
		m.telegramErrors.WithLabelValues(method, strconv.Itoa(code)).Inc()
	}
}

// ServiceCall counts a call to the MRZ API by what it came to: "ok", or a kind
// of failure.
func (m *Metrics) ServiceCall(result string, took time.Duration) {
	m.service.WithLabelValues(result).Observe(took.Seconds())
}

// WatchService adds whether the MRZ API is believed to be down.
func (m *Metrics) WatchService(down func() bool) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "mrzbot_service_down",
		Help: "1 while this process believes that the MRZ API does not answer, so that photos wait; otherwise 0.",
	}, func() float64 {
		if down() {
			return 1
		}
		return 0
	}))
}

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
	age   *prometheus.Desc
}

func (b backlog) Describe(ch chan<- *prometheus.Desc) { ch <- b.tasks; ch <- b.age }

func (b backlog) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), askTimeout)
	defer cancel()
	now := b.now()
	s, err := b.store.Backlog(ctx, now)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(b.tasks, errors.New("the store did not answer"))
		return
	}
	gauge := func(n int, labels ...string) {
		ch <- prometheus.MustNewConstMetric(b.tasks, prometheus.GaugeValue, float64(n), labels...)
	}
	for _, k := range []storage.Kind{storage.KindPhoto, storage.KindUpdate, storage.KindDelete, storage.KindNotice, storage.KindAlbum} {
		gauge(s.Waiting[k], string(k), "waiting")
		gauge(s.Leased[k], string(k), "in_work")
		age := 0.0
		if since, ready := s.ReadySince[k]; ready {
			age = max(0, now.Sub(since).Seconds())
		}
		ch <- prometheus.MustNewConstMetric(b.age, prometheus.GaugeValue, age, string(k))
	}
	gauge(s.Quarantined, "any", "aside")
}

// Watch adds the store's backlog to the metrics.
func (m *Metrics) Watch(s Store, now func() time.Time) {
	m.registry.MustRegister(backlog{s, now,
		prometheus.NewDesc("mrzbot_tasks", "Tasks in the store, by kind and by what they wait for.", []string{"kind", "state"}, nil),
		prometheus.NewDesc("mrzbot_queue_age_seconds",
			"For how long the oldest task that could be worked has been taken up by nobody, by kind; 0 where there is none.", []string{"kind"}, nil),
	})
}

// Left is how many calls budgets leave; a budget that is not set leaves any number.
type Left struct {
	Day, Month       int
	DaySet, MonthSet bool
}

// budget reads what is left when it is asked for.
type budget struct {
	left func(ctx context.Context) (Left, error)
	desc *prometheus.Desc
}

func (b budget) Describe(ch chan<- *prometheus.Desc) { ch <- b.desc }

func (b budget) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), askTimeout)
	defer cancel()
	left, err := b.left(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(b.desc, errors.New("the store did not answer"))
		return
	}
	gauge := func(n int, set bool, period string) {
		value := math.Inf(1)
		if set {
			value = float64(n)
		}
		ch <- prometheus.MustNewConstMetric(b.desc, prometheus.GaugeValue, value, period)
	}
	gauge(left.Day, left.DaySet, "day")
	gauge(left.Month, left.MonthSet, "month")
}

// WatchBudget adds how many calls the budgets of this day and month leave.
func (m *Metrics) WatchBudget(left func(ctx context.Context) (Left, error)) {
	m.registry.MustRegister(budget{left, prometheus.NewDesc("mrzbot_budget_left_calls",
		"Calls that the budget of this day or month leaves to all people together; +Inf where none is set.", []string{"period"}, nil)})
}

// WatchClock adds how far this machine's clock is ahead of Telegram's.
func (m *Metrics) WatchClock(ahead func() time.Duration) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "mrzbot_clock_ahead_seconds",
		Help: "By how much the clock of this machine is ahead of Telegram's, negative when it is behind; 0 while they agree to some seconds.",
	}, func() float64 { return ahead().Seconds() }))
}
