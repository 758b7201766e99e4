package ops

import (
	"context"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// silent is a store of which only what the test calls is there.
type silent struct {
	storage.Store
	err error
}

func (s silent) Claim(context.Context, storage.Claim) ([]storage.Task, error) { return nil, s.err }
func (s silent) Ready(context.Context) error                                  { return nil }
func (s silent) Backlog(context.Context, time.Time) (storage.Backlog, error) {
	return storage.Backlog{
		Waiting:    map[storage.Kind]int{storage.KindPhoto: 3},
		ReadySince: map[storage.Kind]time.Time{storage.KindPhoto: time.Unix(1_800_000_000-90, 0), storage.KindUpdate: time.Unix(1_800_000_000+5, 0)},
	}, nil
}

// measured is a set of metrics in which everything was counted once.
func measured(t *testing.T) *Metrics {
	t.Helper()
	m := New("v1", []string{"ok", "busy"}, []string{"look"})
	now := func() time.Time { return time.Unix(1_800_000_000, 0) }
	m.Watch(silent{}, now)
	m.WatchClock(func() time.Duration { return 3 * time.Second })
	m.WatchService(func() bool { return true })
	m.WatchBudget(func(context.Context) (Left, error) { return Left{Day: 7, DaySet: true}, nil })
	m.Outcome("ok", "yes", time.Second)
	m.Door("stored")
	m.TelegramCall("sendMessage", 200, 50*time.Millisecond)
	m.TelegramCall("sendMessage", 429, 50*time.Millisecond)
	m.TelegramCall("getFile", 0, time.Second)
	m.ServiceCall("ok", time.Second)
	for _, err := range []error{nil, storage.ErrLost, io.ErrUnexpectedEOF} {
		_, _ = m.Timed(silent{err: err}).Claim(t.Context(), storage.Claim{})
	}
	return m
}

func scrape(m *Metrics) string {
	w := httptest.NewRecorder()
	m.Handler(silent{}, func() State { return State{Started: true} }).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}

func TestMetrics(t *testing.T) {
	text := scrape(measured(t))
	for _, line := range []string{
		`mrzbot_photos_total{charge="yes",outcome="ok"} 1`,
		`mrzbot_photos_total{charge="no",outcome="busy"} 0`,
		`mrzbot_door_total{result="stored"} 1`,
		`mrzbot_tasks{kind="photo",state="waiting"} 3`,
		`mrzbot_queue_age_seconds{kind="photo"} 90`,
		`mrzbot_queue_age_seconds{kind="update"} 0`, // a clock that was ahead
		`mrzbot_queue_age_seconds{kind="delete"} 0`,
		`mrzbot_budget_left_calls{period="day"} 7`,
		`mrzbot_budget_left_calls{period="month"} +Inf`,
		`mrzbot_clock_ahead_seconds 3`,
		`mrzbot_service_down 1`,
		`mrzbot_service_call_seconds_count{result="ok"} 1`,
		`mrzbot_telegram_call_seconds_count{method="sendMessage"} 2`,
		`mrzbot_telegram_errors_total{code="429",method="sendMessage"} 1`,
		`mrzbot_telegram_errors_total{code="none",method="getFile"} 1`,
		`mrzbot_store_seconds_count{operation="claim"} 3`,
		`mrzbot_store_errors_total{operation="claim"} 1`, // an expected answer is no failure
	} {
		require.Contains(t, text, line+"\n")
	}
	require.Contains(t, text, `goversion="go`)
}

// TestDeployNames holds the rules of alerts and the dashboard against the metrics:
// each name in them is one of ours.
func TestDeployNames(t *testing.T) {
	text := scrape(measured(t))
	for _, file := range []string{"prometheus/rules.yml", "grafana/dashboards/mrzbot.json"} {
		content, err := os.ReadFile("../../deploy/" + file)
		require.NoError(t, err)
		names := regexp.MustCompile(`\bmrzbot_[a-z_]+\b`).FindAllString(string(content), -1)
		require.Greater(t, len(names), 9)
		for _, name := range names {
			require.Regexp(t, "(?m)^"+name+`[{ ]`, text, "%s names %s", file, name)
		}
	}
}

// TestOperations holds the table of docs/operations.md against the metrics, both
// ways, with their types and labels.
func TestOperations(t *testing.T) {
	page, err := os.ReadFile("../../docs/operations.md")
	require.NoError(t, err)
	written := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `(mrzbot_\\w+)` \\| (\\w+) \\| ([^|]*)\\|").FindAllStringSubmatch(string(page), -1) {
		written[row[1]] = row[2] + " " + strings.Join(regexp.MustCompile(`\w+`).FindAllString(row[3], -1), " ")
	}
	families, err := measured(t).registry.Gather()
	require.NoError(t, err)
	made := map[string]string{}
	for _, f := range families {
		if !strings.HasPrefix(f.GetName(), "mrzbot_") {
			continue
		}
		var labels []string
		for _, l := range f.GetMetric()[0].GetLabel() {
			labels = append(labels, l.GetName())
		}
		made[f.GetName()] = strings.ToLower(f.GetType().String()) + " " + strings.Join(labels, " ")
	}
	sorted := func(all map[string]string) map[string]string {
		for name, s := range all {
			words := strings.Fields(s)
			slices.Sort(words)
			all[name] = strings.Join(words, " ")
		}
		return all
	}
	require.Equal(t, sorted(made), sorted(written))
}

// TestLint holds the metrics against Prometheus's conventions, by its library and,
// where it is installed, by promtool.
func TestLint(t *testing.T) {
	m := measured(t)
	problems, err := testutil.GatherAndLint(m.registry)
	require.NoError(t, err)
	for _, p := range problems {
		require.False(t, strings.HasPrefix(p.Metric, "mrzbot_"), "%s: %s", p.Metric, p.Text)
	}
	tool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed: apt-get install prometheus")
	}
	check := exec.CommandContext(t.Context(), tool, "check", "metrics")
	check.Stdin = strings.NewReader(scrape(m))
	out, err := check.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Empty(t, string(out))
}
