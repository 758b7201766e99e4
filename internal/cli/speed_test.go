package cli

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage/postgres/pgtest"
)

// BenchmarkPhotos takes photos from the webhook to the reply through the whole
// program, a process of its own between stand-ins that cost as little as they
// can, and through a floor: the same calls with nothing around them. What
// counts are the ratios of the two. docs/performance.md says how to read it.
//
//	go test ./internal/cli -run '^$' -bench Photos -benchtime 2000x -count 5
func BenchmarkPhotos(b *testing.B) {
	for _, load := range []struct {
		name     string
		users    int
		service  time.Duration // how long the service takes to read
		settings map[string]string
	}{
		{"1 user", 1, 0, nil},
		{"64 users", 64, 0, nil},
		{"256 users, 300 ms", 256, 300 * time.Millisecond, nil},
		{"64 users, judged", 64, 0, map[string]string{"PREFLIGHT": "on"}},
	} {
		for _, who := range []string{"floor", "bot", onPostgres} {
			b.Run(load.name+"/"+who, func(b *testing.B) {
				if who == "floor" && load.settings != nil {
					b.Skip("the floor judges nothing")
				}
				d := newDriver(b, load.users, load.service, load.settings)
				if who == onPostgres {
					d.usePostgres()
				}
				d.start(who == "floor")
				d.send(load.users + 50) // connections, pools
				idle := d.usage()
				b.ResetTimer()
				d.send(b.N)
				b.StopTimer()
				d.report(idle)
			})
		}
	}
}

// driver is people who send one photo after another, and what they and the bot
// talk to.
type driver struct {
	b        *testing.B
	users    int
	settings map[string]string
	peers    *peers
	store    string         // for STORAGE_URL
	server   *pgtest.Server // nil: the store is a file
	address  string         // of the webhook
	client   *http.Client
	cmd      *exec.Cmd
	updates  atomic.Int64

	mu         sync.Mutex
	acks, ends []time.Duration
}

// firstUser is the id of the first person; the others follow.
const firstUser = 1000

func newDriver(b *testing.B, users int, service time.Duration, settings map[string]string) *driver {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	address := l.Addr().String()
	require.NoError(b, l.Close())
	d := &driver{b: b, users: users, settings: settings, peers: newPeers(b, users, service), address: address}
	d.store = "bolt:" + filepath.Join(b.TempDir(), "mrzbot.db")
	d.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: users}, Timeout: patience}
	b.Cleanup(d.client.CloseIdleConnections)
	return d
}

// onPostgres is the bot with a server that waits for the disk.
const onPostgres = "bot, PostgreSQL"

func (d *driver) usePostgres() {
	server, err := pgtest.Start()
	if errors.Is(err, pgtest.ErrMissing) {
		d.b.Skip(err)
	}
	require.NoError(d.b, err)
	d.b.Cleanup(func() { require.NoError(d.b, server.Stop()) })
	d.server, d.store = server, server.URL("postgres")
}

// start starts the program, or the floor, and waits until it takes updates.
func (d *driver) start(floor bool) {
	var ids []string
	for i := range d.users {
		ids = append(ids, strconv.Itoa(firstUser+i))
	}
	environ := map[string]string{
		"TELEGRAM_BOT_TOKEN": testToken, "TELEGRAM_API_URL": d.peers.telegram, "WEBHOOK_SECRET": "secret",
		"WEBHOOK_URL": "http://" + d.address + "/telegram", "LISTEN_ADDR": d.address, "OPS_ADDR": "127.0.0.1:0",
		"MRZ_API_KEY": testKey, "MRZ_API_URL": d.peers.service, "STORAGE_URL": d.store,
		"ADMIN_IDS": strings.Join(ids, ","), "DAILY_ATTEMPTS": "0", "WORKERS": "256", "LOG_LEVEL": "warn", "PREFLIGHT": "off",
		asProgram: "1",
	}
	for name, value := range d.settings {
		environ[name] = value
	}
	if floor {
		environ[asFloor] = "1"
	}
	d.cmd = exec.Command(os.Args[0])
	for name, value := range environ {
		d.cmd.Env = append(d.cmd.Env, name+"="+value)
	}
	d.cmd.Stdout, d.cmd.Stderr = os.Stderr, os.Stderr
	require.NoError(d.b, d.cmd.Start())
	d.b.Cleanup(func() {
		_ = d.cmd.Process.Kill()
		_ = d.cmd.Wait()
	})
	require.Eventually(d.b, func() bool {
		conn, err := net.Dial("tcp", d.address)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	}, patience, 10*time.Millisecond)
}

// send has the people send n photos, each person one after another.
func (d *driver) send(n int) {
	d.acks, d.ends = nil, nil
	var next atomic.Int64
	var all sync.WaitGroup
	for i := range d.users {
		all.Go(func() {
			for next.Add(1) <= int64(n) {
				if err := d.one(i); err != nil {
					d.b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

// one sends a photo and waits for the reply to it.
func (d *driver) one(user int) error {
	n := d.updates.Add(1)
	id := firstUser + user
	update := fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"from":{"id":%d,"is_bot":false,"first_name":"U","language_code":"en"},`+
		`"chat":{"id":%d,"first_name":"U","type":"private"},"date":%d,"photo":[`+
		`{"file_id":"s%d","file_unique_id":"us%d","file_size":1200,"width":90,"height":67},`+
		`{"file_id":"b%d","file_unique_id":"ub%d","file_size":%d,"width":1280,"height":960}]}}`,
		n, n, id, id, time.Now().Unix(), n, n, n, n, len(d.peers.photo))
	req, err := http.NewRequest(http.MethodPost, "http://"+d.address+"/telegram", strings.NewReader(update))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Telegram-Bot-Api-Secret-Token", "secret")
	sent := time.Now()
	res, err := d.client.Do(req)
	if err != nil {
		return err
	}
	ack := time.Since(sent)
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the webhook answers %d", res.StatusCode)
	}
	select {
	case replied := <-d.peers.replies[user]:
		d.mu.Lock()
		defer d.mu.Unlock()
		d.acks, d.ends = append(d.acks, ack), append(d.ends, replied.Sub(sent))
		return nil
	case <-time.After(patience):
		return fmt.Errorf("photo %d was never answered", n)
	}
}

// usage is what a process has used so far.
type usage struct {
	cpu    time.Duration
	server time.Duration // of the PostgreSQL server
	peak   int           // kilobytes of memory
}

// usage asks the system; on others than Linux it does not know.
func (d *driver) usage() (u usage) {
	proc := fmt.Sprintf("/proc/%d/", d.cmd.Process.Pid)
	stat, _ := os.ReadFile(proc + "stat")
	if _, rest, ok := strings.Cut(string(stat), ") "); ok {
		fields := strings.Fields(rest)
		for _, ticks := range fields[11:13] { // user and system time, in hundredths of a second
			n, _ := strconv.Atoi(ticks)
			u.cpu += time.Duration(n) * 10 * time.Millisecond
		}
	}
	status, _ := os.ReadFile(proc + "status")
	if _, rest, ok := strings.Cut(string(status), "VmHWM:"); ok {
		_, _ = fmt.Sscan(rest, &u.peak)
	}
	if d.server != nil {
		u.server = d.server.CPUTime()
	}
	return u
}

// report gives the figures of the photos sent last.
func (d *driver) report(before usage) {
	if len(d.ends) == 0 {
		return
	}
	slices.Sort(d.acks)
	slices.Sort(d.ends)
	ms := func(t time.Duration) float64 { return float64(t.Microseconds()) / 1000 }
	n := len(d.ends)
	d.b.ReportMetric(float64(n)/d.b.Elapsed().Seconds(), "photos/s")
	d.b.ReportMetric(ms(d.ends[n/2]), "p50-ms")
	d.b.ReportMetric(ms(d.ends[n*99/100]), "p99-ms")
	d.b.ReportMetric(ms(d.acks[n*99/100]), "ack-p99-ms")
	after := d.usage()
	if after.peak > 0 {
		d.b.ReportMetric((after.cpu-before.cpu).Seconds()/float64(n)*1000, "cpu-s/1000")
		d.b.ReportMetric(float64(after.peak)/1024, "peak-MB")
	}
	if d.server != nil {
		d.b.ReportMetric((after.server-before.server).Seconds()/float64(n)*1000, "server-cpu-s/1000")
	}
}
