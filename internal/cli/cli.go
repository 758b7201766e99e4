// Package cli is the commands of the program and the wiring between its rooms.
// It decides nothing about photos or people; it opens, connects and closes.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"time"

	"github.com/alecthomas/kong"

	"mrzbot/internal/config"
	"mrzbot/internal/host"
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
	Example string // .env.example, which init fills in
	// EnvFile has settings that Environ does not set; "": .env, where there is one.
	EnvFile string
	// LimitMemory is runtime/debug.SetMemoryLimit; nil: nothing limits it.
	LimitMemory func(limit int64) (before int64)
	// Again makes a command that runs this program once more; nil: by the path
	// of its file.
	Again func(args ...string) *exec.Cmd
}

// commands is the command line.
type commands struct {
	Env string `placeholder:"FILE" help:"Read the settings from this file instead of .env, such as /etc/mrzbot/mrzbot.env."`

	Serve       serveCommand       `cmd:"" default:"1" help:"Run the bot (also without a command)."`
	Sandbox     sandboxCommand     `cmd:"" help:"The whole bot in a browser, without an account."`
	Init        initCommand        `cmd:"" help:"Write a file of settings by asking."`
	Check       checkCommand       `cmd:"" help:"Say what is wrong with the settings, and how to mend it."`
	Healthcheck healthcheckCommand `cmd:"" help:"Ask the bot on this machine whether it is well (for containers)."`
	Report      reportCommand      `cmd:"" help:"Say what was read and what it costs, also while the bot runs."`
	Backup      backupCommand      `cmd:"" help:"Write a backup of the store, also while the bot runs."`
	Restore     restoreCommand     `cmd:"" help:"Make the store out of a backup."`
	Copy        copyCommand        `cmd:"" help:"Copy a store into another one, of another engine too."`
	Read        readCommand        `cmd:"" help:"Read pictures of documents."`
	Parse       parseCommand       `cmd:"" help:"Parse and check MRZ lines from standard input."`
	Version     versionCommand     `cmd:"" help:"Say which version this is, and what it was built of."`
	Licences    licencesCommand    `cmd:"" help:"Print the licences of everything that the program is built of."`
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
	p.EnvFile = c.Env
	p.Stdin = untilDone{ctx, p.Stdin}
	switch k.Command() {
	case "serve":
		outlivePipes()
		log := host.NewLogPipe(p.Stderr)
		defer log.Close()
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

// settings loads the settings from the environment and the file of settings, and
// logs what has no effect.
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

// environ gives the environment and what the file of settings adds to it. One that
// was named has to be there.
func (p Process) environ() (map[string]string, error) {
	file := ".env"
	if _, err := os.Stat(file); p.EnvFile == "" && errors.Is(err, fs.ErrPermission) {
		// The folder is another user's, such as root's home under runuser: nothing
		// in it is meant for this one.
		return config.Environ(p.Environ), nil
	}
	if p.EnvFile != "" {
		file = p.EnvFile
		if _, err := os.Stat(file); err != nil {
			return nil, usageError{fmt.Errorf("--env: %w. Name a file of settings that this user may read", err)}
		}
	}
	environ, err := config.Dotenv(file, config.Environ(p.Environ), os.ReadFile)
	if err != nil {
		return nil, usageError{err}
	}
	return environ, nil
}
