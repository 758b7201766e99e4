package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"mrzbot/internal/config"
)

const (
	// healthTimeout bounds the whole question; /readyz itself takes up to two
	// seconds when the store hangs.
	healthTimeout = 4 * time.Second

	// maxHealth is how much of an answer is read, in bytes.
	maxHealth = 4 << 10
)

type healthcheckCommand struct {
	Ready bool `help:"Ask whether it takes work (/readyz) instead of whether it runs (/healthz)."`
}

// Run asks the bot on this machine whether it is well, at OPS_ADDR: for
// containers, which hold no shell and no curl.
func (c healthcheckCommand) Run(ctx context.Context, p Process) error {
	environ, err := p.environ()
	if err != nil {
		return err
	}
	addr, err := config.LoadOpsAddr(environ)
	if err != nil {
		return usageError{err}
	}
	path := "/healthz"
	if c.Ready {
		path = "/readyz"
	}
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+reachable(addr)+path, nil)
	if err != nil {
		return usageError{fmt.Errorf("OPS_ADDR: %w", err)}
	}
	client := &http.Client{Transport: &http.Transport{Proxy: nil, DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("no bot answers at OPS_ADDR: %w", networkCause(err))
	}
	defer response.Body.Close()
	says, err := io.ReadAll(io.LimitReader(response.Body, maxHealth))
	if err != nil {
		return fmt.Errorf("the bot at OPS_ADDR broke off its answer: %w", networkCause(err))
	}
	fmt.Fprintln(p.Stdout, strings.TrimSpace(string(says)))
	if response.StatusCode != http.StatusOK {
		return errFailed
	}
	return nil
}

// reachable is where a server that listens at an address can be asked: one that
// listens everywhere is on the loopback, too.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

// networkCause leaves out the address, which the caller names by its setting.
func networkCause(err error) error {
	var op *net.OpError
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return errors.New("it does not answer in time")
	case errors.As(err, &op):
		return op.Err
	}
	return errors.Unwrap(err)
}
