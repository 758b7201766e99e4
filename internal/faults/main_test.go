// Package faults plays what can go wrong against the program as it is shipped:
// the built binary, a process of its own, between the two stand-ins. It is
// killed at any moment, Telegram and the service fail in every way, updates
// come twice, in the wrong order, in thousands, and built to crash it. However
// it went, each test ends in the same reckoning: nothing lost, nothing paid
// twice, counts right, nothing reserved, no task left.
//
// There are tests here and no code. What they need of time and size is in
// form; MRZBOT_FAULTS chooses it:
//
//	go test ./internal/faults                                        some seconds
//	MRZBOT_FAULTS=short go test ./internal/faults                    for CI
//	MRZBOT_FAULTS=100 go test -timeout 2h -v ./internal/faults       100 kills
//	MRZBOT_FAULTS=300 go test -timeout 6h -v ./internal/faults       the soak
//
// MRZBOT_FAULTS_SEED chooses what happens; a failing test names its seed. The
// race detector watches the binary when it watches the test (-race).
package faults

import (
	"context"
	"flag"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// The settings of the suite.
const (
	formVar = "MRZBOT_FAULTS"      // "", "short", or a number of kills
	seedVar = "MRZBOT_FAULTS_SEED" // a number; empty: 1, or a new one in the heavy forms
	// binaryVar names a binary to be tested; empty: one is built of this tree.
	binaryVar = "MRZBOT_FAULTS_BINARY"
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

// sideBySide is how many tests run at once: most of their time is waiting.
const sideBySide = "6"

func run(m *testing.M) int {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		_ = flag.Set("test.parallel", sideBySide) // the flag is there, and this is a number
	}
	if os.Getenv(binaryVar) == "" {
		dir, err := os.MkdirTemp("", "mrzbot-faults")
		if err == nil {
			defer func() { _ = os.RemoveAll(dir) }()
			err = build(filepath.Join(dir, "mrzbot"))
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "the program cannot be built:", err)
			return 1
		}
	}
	code := m.Run()
	if err := cluster.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// build builds the program and leaves its path where start finds it.
func build(path string) error {
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	args := []string{"build", "-o", path}
	if raced {
		args = append(args, "-race")
	}
	cmd := exec.Command("go", append(args, "mrzbot")...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return os.Setenv(binaryVar, path)
}

// form is how much is played.
type form struct {
	kills   int  // of the process, in all
	rounds  int  // of mixed faults
	mutants int  // updates built to crash it
	crowd   int  // updates at once
	albums  int  // at once
	waits   bool // whether pauses of several seconds are waited out
	long    bool // and of a minute
}

func formOf(t testing.TB) form {
	switch set := os.Getenv(formVar); set {
	case "":
		return form{kills: 4, rounds: 1, mutants: 100, crowd: 100, albums: 10}
	case "short":
		return form{kills: 16, rounds: 1, mutants: 1500, crowd: 1500, albums: 60, waits: true}
	default:
		n, err := strconv.Atoi(set)
		require.NoError(t, err, "%s is empty, short, or a number of kills", formVar)
		return form{kills: n, rounds: max(2, n/20), mutants: 100 * n, crowd: 5000, albums: 200, waits: true, long: true}
	}
}

// several skips a test of several replicas where only the quick form is asked for:
// their programs, servers and proxies are half of what all tests take.
func several(t testing.TB) {
	if !formOf(t).waits {
		t.Skipf("%s=short plays this, too", formVar)
	}
}

// seedOf gives the seed of this run, and says on failure how to repeat it.
func seedOf(t testing.TB) uint64 {
	seed := uint64(1)
	form, set := os.Getenv(formVar), os.Getenv(seedVar)
	switch {
	case set != "":
		var err error
		seed, err = strconv.ParseUint(set, 10, 64)
		require.NoError(t, err, seedVar)
	case form != "" && form != "short":
		seed = uint64(time.Now().UnixNano())
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("to repeat it:\n%s=%s %s=%d go test -timeout 6h -v -run '^%s$' ./internal/faults",
				formVar, form, seedVar, seed, t.Name())
		}
	})
	return seed
}

// dice are the choices of one test: the same for the same seed and test.
func dice(t testing.TB, seed uint64) *rand.Rand {
	name := fnv.New64a()
	_, _ = name.Write([]byte(t.Name()))
	return rand.New(rand.NewPCG(seed, name.Sum64()))
}

// patience is how long something is waited for that takes milliseconds, on a
// machine that has other things to do.
const patience = 2 * time.Minute

// until waits for a condition that nothing announces.
func until(t testing.TB, what string, within time.Duration, condition func() bool) {
	t.Helper()
	require.Eventually(t, condition, within, 5*time.Millisecond, what)
}

func within(t testing.TB, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}
