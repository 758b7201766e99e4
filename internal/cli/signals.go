package cli

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// Stopped gives a context that ends with the first signal to stop: Ctrl+C,
// SIGTERM, or SIGHUP, which a terminal sends when it is closed. A second signal
// ends the program at once. What the program was started with as ignored, by
// nohup most often, stays ignored.
func Stopped(ctx context.Context) context.Context {
	var stops []os.Signal
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) {
			stops = append(stops, s)
		}
	}
	if len(stops) == 0 { // Notify would take none for all
		return ctx
	}
	ctx, stop := signal.NotifyContext(ctx, stops...)
	context.AfterFunc(ctx, stop)
	return ctx
}

// outlivePipes keeps the program alive when the reader of its log or output has
// gone. It is for what runs for long; `mrzbot read … | head` ends as others do.
func outlivePipes() { signal.Ignore(syscall.SIGPIPE) }

// untilDone reads until ctx is done: a terminal may give nothing for ever. What
// is read later is lost, which is fine for a program that ends.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u untilDone) Read(p []byte) (int, error) {
	type got struct {
		n   int
		err error
	}
	own := make([]byte, len(p)) // p is the caller's again when we return
	read := make(chan got, 1)
	go func() {
		n, err := u.r.Read(own)
		read <- got{n, err}
	}()
	select {
	case g := <-read:
		return copy(p, own[:g.n]), g.err
	case <-u.ctx.Done():
		return 0, u.ctx.Err()
	}
}
