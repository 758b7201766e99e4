// Command mrzbot is a Telegram bot that reads the machine readable zone of
// Kyrgyz ID cards. README.md says how to run it, ARCHITECTURE.md how it is made.
package main

import (
	"context"
	_ "embed"
	"io"
	"log"
	"os"
	"runtime/debug"
	"time"
	_ "time/tzdata" // days begin in TIMEZONE, also where no zones are installed

	"mrzbot/internal/cli"
)

// version is set by the linker.
var version = "dev"

//go:embed .env.example
var example string

func main() {
	// net/http prints what a broken server sends unasked to the standard
	// logger, and that may hold an MRZ. The program's own log is another.
	log.SetOutput(io.Discard)
	environ := os.Environ()
	// STORAGE_URL alone says where the store is. From libpq's service file pgx
	// can be kept in this way only.
	_ = os.Unsetenv("PGSERVICE")
	os.Exit(cli.Run(cli.Stopped(context.Background()), cli.Process{
		Args:    os.Args[1:],
		Environ: environ,
		Stdin:   os.Stdin,
		Stdout:  os.Stdout,
		Stderr:  os.Stderr,
		Now:     time.Now,
		Version: version,
		Example: example,

		LimitMemory: debug.SetMemoryLimit,
	}))
}
