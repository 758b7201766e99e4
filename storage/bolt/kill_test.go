package bolt

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// childEnv tells the test binary to be a process that works in a store until
// it is killed; its value is the store's path. roundEnv is how many did before.
const (
	childEnv = "MRZBOT_TEST_BOLT_CHILD"
	roundEnv = "MRZBOT_TEST_BOLT_ROUND"
)

// perRound separates the numbers of the rounds' tasks.
const perRound = 1_000_000

// child works photos to different stages from many goroutines and prints what
// it was told is on the disk.
func child(path string) (code int) {
	round, err := strconv.Atoi(os.Getenv(roundEnv))
	if err != nil {
		fmt.Println(err)
		return 1
	}
	s, err := Open(path, Options{})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	var mu sync.Mutex
	say := func(stage string, id int) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Println(stage, id)
	}
	ctx := context.Background()
	for worker := range 8 {
		go func() {
			for i := round*perRound + worker; ; i += 8 {
				task := photo(strconv.Itoa(i))
				task.Kind = kindOf(i)
				if _, err := s.AddTask(ctx, task); err != nil {
					panic(err)
				}
				say("added", i)
				tasks, err := s.Claim(ctx, storage.Claim{Kinds: []storage.Kind{task.Kind}, Now: start, Lease: time.Hour, Max: 1})
				if err != nil {
					panic(err)
				}
				work(ctx, s, tasks[0], i, say)
			}
		}()
	}
	select {}
}

// kindOf gives each worker of each round a kind of its own.
func kindOf(i int) storage.Kind { return storage.Kind(fmt.Sprint(i/perRound, ".", i%8)) }

// work takes a task to a stage that goes by its number.
func work(ctx context.Context, s *Store, task storage.Task, i int, say func(string, int)) {
	if i%5 == 0 {
		return
	}
	if _, err := s.Begin(ctx, task, storage.Begin{Now: start, Day: day}); err != nil {
		panic(err)
	}
	say("began", i)
	if i%5 == 1 {
		return
	}
	if _, err := s.Hold(ctx, task, storage.Hold{Now: start, Outcome: "ok", Counted: true, Payload: []byte("answer")}); err != nil {
		panic(err)
	}
	say("held", i)
	if i%5 == 2 {
		return
	}
	if err := s.Done(ctx, task); err != nil {
		panic(err)
	}
	say("done", i)
}

// TestKill kills a process at work and looks for all it had been promised.
func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	stage := map[int]string{}
	for round := range 2 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childEnv+"="+path, roundEnv+"="+strconv.Itoa(round))
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			what, number, found := strings.Cut(lines.Text(), " ")
			require.True(t, found)
			i, err := strconv.Atoi(number)
			require.NoError(t, err, lines.Text())
			stage[i] = what
			if n == 400 {
				require.NoError(t, cmd.Process.Kill())
			}
		}
		require.Error(t, cmd.Wait())
		checkKilled(t, path, stage, round)
	}
}

func checkKilled(t *testing.T, path string, stage map[int]string, round int) {
	t.Helper()
	s := open(t, path)
	found := map[int]storage.Task{}
	for i := range 16 {
		tasks, err := s.Claim(t.Context(), storage.Claim{
			Kinds: []storage.Kind{kindOf(i/8*perRound + i%8)}, Now: start, Lease: lease, Max: 10000,
		})
		require.NoError(t, err)
		for _, task := range tasks {
			i, err := strconv.Atoi(task.ID)
			require.NoError(t, err)
			found[i] = task
		}
	}
	held := 0
	for i, what := range stage {
		task, there := found[i]
		a := task.Attempt
		switch what {
		case "added":
			require.True(t, there, i)
		case "began":
			require.True(t, there, i)
			require.True(t, a.Calling || a.Held, i)
		case "held":
			held++
			// Done may have been written and not printed.
			require.True(t, !there || a.Held && string(task.Payload) == "answer", i)
		case "done":
			held++
			require.False(t, there, i)
		}
	}
	rows, err := s.Entries(t.Context(), time.Time{}, start.Add(time.Hour), 1_000_000)
	require.NoError(t, err)
	count, err := s.Attempts(t.Context(), 1, day)
	require.NoError(t, err)
	require.Equal(t, len(rows), count.Settled)
	require.GreaterOrEqual(t, count.Settled, held, "round %d", round)
	require.NoError(t, s.Close())
}
