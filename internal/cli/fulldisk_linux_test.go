package cli

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	fakemrz "mrzbot/sandbox/mrz"
	"mrzbot/storage"
	"mrzbot/storage/bolt"
)

// smallDisk mounts a disk of some megabytes for the test.
func smallDisk(t *testing.T) (folder string) {
	folder = t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("a full disk needs a small one, and mounting it needs root (with CAP_SYS_ADMIN): %v", err)
	}
	t.Cleanup(func() { require.NoError(t, syscall.Unmount(folder, syscall.MNT_DETACH)) })
	return folder
}

// fillUp takes all the room of a disk until the returned function is called.
func fillUp(t *testing.T, folder string) (makeRoom func()) {
	f, err := os.Create(filepath.Join(folder, "ballast"))
	require.NoError(t, err)
	for block := make([]byte, 4096); ; {
		if _, err := f.Write(block); err != nil {
			require.ErrorIs(t, err, syscall.ENOSPC)
			break
		}
	}
	require.NoError(t, f.Close())
	return func() { require.NoError(t, os.Remove(f.Name())) }
}

// usedStore makes a store with a past: in it, holding an answer touches more
// pages of the file than taking in an update, so that what is too full for an
// update is too full for an answer.
func usedStore(t *testing.T, path string) {
	const past = 4000
	at := morning.AddDate(0, 0, -2)
	require.NoError(t, bolt.Restore(t.Context(), path, bolt.Options{}, func(yield func(storage.Record, error) bool) {
		for i := range past {
			if !yield(storage.Record{Count: &storage.CountRecord{Person: int64(5000 + i), Day: storage.DayOf(at, time.UTC), Settled: 1}}, nil) {
				return
			}
		}
		for i := range past {
			row := storage.Entry{Task: strconv.Itoa(i), Person: int64(5000 + i), Began: at, Ended: at, Outcome: "no_mrz", Charge: storage.ChargeNo}
			if !yield(storage.Record{Row: &storage.RowRecord{Seq: uint64(i + 1), Entry: row}}, nil) {
				return
			}
		}
		yield(storage.Record{Total: &storage.Total{Outcome: "no_mrz", Charge: storage.ChargeNo, Number: past}}, nil)
	}))
}

// gated puts a gate before the service: calls wait until it opens.
func (b *bench) gated() (open func()) {
	target, err := url.Parse(b.environ["MRZ_API_URL"])
	require.NoError(b.t, err)
	path := target.Path
	target.Path = ""
	gate := make(chan struct{})
	proxy := httputil.NewSingleHostReverseProxy(target)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-gate:
		case <-r.Context().Done():
		}
		proxy.ServeHTTP(w, r)
	}))
	b.t.Cleanup(func() {
		s.Close()
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	})
	b.environ["MRZ_API_URL"] = s.URL + path
	return func() { close(gate) }
}

// TestFullDisk fills the disk while a photo is being read: Telegram keeps what
// cannot be stored, the answer that was paid for is kept and delivered when
// there is room, and everything is read once.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	disk := smallDisk(t)
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001", "WORKERS": "1", "MRZ_TIMEOUT": "5m", "DAILY_ATTEMPTS": "0"})
	b.moveTo(filepath.Join(disk, "mrzbot.db"))
	usedStore(t, b.store)
	b.mrz.Answer(fakemrz.Lines(card...))
	open := b.gated()
	p := b.startProcess()
	b.photo(gulnara)
	b.until("the photo is at the service", func() bool {
		return strings.Contains(p.log.String(), "started") && b.telegram.Pending() == 0 && len(b.telegram.CallsOf("getFile")) == 1
	})

	makeRoom := fillUp(t, disk)
	photos := 1
	for !strings.Contains(p.log.String(), "no space left on device") {
		require.Less(t, photos, 500, "the disk never fills up")
		b.photo(gulnara)
		photos++
		b.until("it is stored, or cannot be", func() bool {
			return b.telegram.Pending() == 0 || strings.Contains(p.log.String(), "no space left on device")
		})
	}
	require.Positive(t, b.telegram.Pending(), "Telegram keeps what could not be stored")

	open()
	b.until("the answer cannot be held", func() bool { return strings.Contains(p.log.String(), "answer not held, trying again") })
	require.Empty(t, b.told(gulnara))

	code, says := b.command("backup", filepath.Join(disk, "x.backup"))
	require.Equal(t, exitFailed, code)
	require.Contains(t, says, "no backup was made")
	require.Contains(t, says, "no space left on device")
	require.NoFileExists(t, filepath.Join(disk, "x.backup"))
	b.startsNoStore(filepath.Join(disk, "other.db"))

	makeRoom()
	b.until("all photos are answered", func() bool { return b.saying(gulnara, "TESTOV") == photos })
	b.until("Telegram has nothing left", func() bool { return b.telegram.Pending() == 0 })
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, p.wait(), p.log.String())
	require.Equal(t, photos, b.mrz.Counts().Received, "each photo was paid for once")
	b.ledgerAgrees()
	files, err := os.ReadDir(disk)
	require.NoError(t, err)
	require.Len(t, files, 1, "nothing half is left beside the store")
}

// startsNoStore starts the program on a disk without room for a store.
func (b *bench) startsNoStore(path string) {
	b.t.Helper()
	was := b.store
	b.moveTo(path)
	defer b.moveTo(was)
	p := b.startProcess()
	var exit *exec.ExitError
	require.True(b.t, errors.As(p.wait(), &exit))
	require.Equal(b.t, exitFailed, exit.ExitCode())
	require.Contains(b.t, p.log.String(), "no space left on device")
	require.Contains(b.t, p.log.String(), path)
	require.NoFileExists(b.t, path)
}
