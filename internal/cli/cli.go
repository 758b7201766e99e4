// Package cli is the commands of the program and the wiring between its rooms.
// It decides nothing about photos or people; it opens, connects and closes.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"time"

	"github.com/alecthomas/kong"

	"mrzbot/internal/config"
)

// Exit codes.
const (
	exitFine   = 0
	exitFailed = 1 // the job failed: unreadable, invalid, not reachable
	exitUsage  = 2 // wrong use or settings
)

// Process is what a command gets of the world around it.
type Process struct {
	Args    []string // without the program's name
	Environ []string // as os.Environ gives it
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
	Now     func() time.Time
	Version string // "" or "dev": what the build knows of itself
	// LimitMemory is runtime/debug.SetMemoryLimit; nil: nothing limits it.
	LimitMemory func(limit int64) (before int64)
	// Again makes a command that runs this program once more; nil: by the path
	// of its file.
	Again func(args ...string) *exec.Cmd
}

// commands is the command line.
type commands struct {
	Serve   serveCommand   `cmd:"" default:"1" help:"Run the bot (also without a command)."`
	Sandbox sandboxCommand `cmd:"" help:"The whole bot in a browser, without an account."`
	Check   checkCommand   `cmd:"" help:"Say what is wrong with the settings, and how to mend it."`
	Backup  backupCommand  `cmd:"" help:"Write a backup of the store, also while the bot runs."`
	Restore restoreCommand `cmd:"" help:"Make the store out of a backup."`
	Copy    copyCommand    `cmd:"" help:"Copy a store into another one, of another engine too."`
	Read    readCommand    `cmd:"" help:"Read pictures of documents."`
	Parse   parseCommand   `cmd:"" help:"Parse and check MRZ lines from standard input."`
	Version versionCommand `cmd:"" help:"Say which version this is."`
}

// errFailed ends a command whose output has said already what failed.
var errFailed = errors.New("failed")

// usageError is wrong use or wrong settings.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// Run runs a command line and gives the exit code.
func Run(ctx context.Context, p Process) int {
	code := -1
	var c commands
	parser, err := kong.New(&c,
		kong.Name("mrzbot"),
		kong.Description("A Telegram bot that reads the machine readable zone of ID cards."),
		kong.Writers(p.Stdout, p.Stderr),
		kong.Exit(func(n int) { code = n }), // --help
		kong.UsageOnError(),
	)
	if err != nil {
		fmt.Fprintln(p.Stderr, "mrzbot:", err)
		return exitUsage
	}
	if len(p.Args) == 1 && (p.Args[0] == "help" || p.Args[0] == "--version") {
		p.Args = []string{map[string]string{"help": "--help", "--version": "version"}[p.Args[0]]} // what one types first
	}
	k, err := parser.Parse(p.Args)
	if code >= 0 {
		return code
	}
	if err != nil {
		fmt.Fprintf(p.Stderr, "mrzbot: %v\nmrzbot --help lists the commands.\n", err)
		return exitUsage
	}
	p.Stdin = untilDone{ctx, p.Stdin}
	switch k.Command() {
	case "serve":
		outlivePipes()
		log := newLogPipe(p.Stderr)
		defer log.close()
		p.Stderr = log
	case "sandbox":
		outlivePipes() // to take its folder away
	}
	k.BindTo(ctx, (*context.Context)(nil))
	err = k.Run(p)
	var usage usageError
	switch {
	case err == nil:
		return exitFine
	case errors.Is(err, errFailed):
		return exitFailed
	case errors.As(err, &usage):
		fmt.Fprintln(p.Stderr, "mrzbot:", err)
		return exitUsage
	default:
		fmt.Fprintln(p.Stderr, "mrzbot:", err)
		return exitFailed
	}
}

// settings loads the settings from the environment and ".env", and logs what has
// no effect.
func (p Process) settings() (config.Config, error) {
	cfg, ineffective, err := p.quietSettings()
	for _, name := range ineffective {
		p.logger(cfg).Warn("a variable has no effect", "name", name.Name, "meant", name.Meant)
	}
	return cfg, err
}

// quietSettings leaves it to the caller to say what has no effect.
func (p Process) quietSettings() (config.Config, []config.Ineffective, error) {
	environ, err := p.environ()
	if err != nil {
		return config.Config{}, nil, err
	}
	cfg, err := config.Load(environ, os.ReadFile)
	if err != nil {
		return config.Config{}, nil, usageError{err} // it names them itself
	}
	return cfg, config.Misnamed(environ), nil
}

// store loads the settings of the store only.
func (p Process) store() (config.Storage, config.Zone, error) {
	environ, err := p.environ()
	if err != nil {
		return config.Storage{}, config.Zone{}, err
	}
	s, zone, err := config.LoadStore(environ, os.ReadFile)
	if err != nil {
		return config.Storage{}, config.Zone{}, usageError{err}
	}
	p.sayMisnamed(environ)
	return s, zone, nil
}

// localNow gives the time where the bot's days begin, in TIMEZONE: what has
// expired there has expired, wherever the machine stands.
func (p Process) localNow() (func() time.Time, error) {
	environ, err := p.environ()
	if err != nil {
		return nil, err
	}
	zone, err := config.LoadTimezone(environ)
	if err != nil {
		return nil, usageError{err}
	}
	return func() time.Time { return p.Now().In(zone.Location) }, nil
}

// sayMisnamed says which variables have no effect, where there is no log.
func (p Process) sayMisnamed(environ map[string]string) {
	for _, name := range config.Misnamed(environ) {
		fmt.Fprintln(p.Stderr, "mrzbot:", name)
	}
}

func (p Process) environ() (map[string]string, error) {
	environ, err := config.Dotenv(".env", config.Environ(p.Environ), os.ReadFile)
	if err != nil {
		return nil, usageError{err}
	}
	return environ, nil
}

// version names the build.
func (p Process) version() string {
	if p.Version != "" && p.Version != "dev" {
		return p.Version
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return "dev-" + s.Value[:min(12, len(s.Value))]
			}
		}
	}
	return "dev"
}

type versionCommand struct{}

// Run says which version this is.
func (versionCommand) Run(p Process) error {
	_, err := fmt.Fprintln(p.Stdout, "mrzbot", p.version())
	return err
}
