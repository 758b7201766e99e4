package control

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"mrzbot/storage"
)

// Client asks the bot that runs with a store. Path is the socket's, as Path
// gives it.
type Client struct{ Path string }

// ErrNobody says that no bot listens on the socket.
var ErrNobody = errors.New("no bot listens on the socket")

// answerTimeout is how long a bot may take to begin an answer, and to go on
// with it: longer than its own bounds.
const answerTimeout = 2 * askTimeout

// maxAnswer bounds what is read of an answer that is not a backup.
const maxAnswer = 16 << 20

// Status asks how the bot is.
func (c Client) Status(ctx context.Context) (s Status, err error) {
	err = c.lines(ctx, "/status", nil, func(line []byte) error { return json.Unmarshal(line, &s) })
	return s, err
}

// Entries asks for up to max rows of the ledger that ended in [from, to).
func (c Client) Entries(ctx context.Context, from, to time.Time, max int) (rows []storage.Entry, err error) {
	query := url.Values{
		"from": {from.UTC().Format(time.RFC3339Nano)}, "to": {to.UTC().Format(time.RFC3339Nano)}, "max": {strconv.Itoa(max)},
	}
	err = c.lines(ctx, "/ledger", query, func(line []byte) error {
		var row storage.Entry
		err := json.Unmarshal(line, &row)
		rows = append(rows, row)
		return err
	})
	return rows, err
}

// Counts asks for some persons' use of today.
func (c Client) Counts(ctx context.Context, persons ...int64) (counts []PersonCount, err error) {
	query := url.Values{}
	for _, id := range persons {
		query.Add("person", strconv.FormatInt(id, 10))
	}
	err = c.lines(ctx, "/counts", query, func(line []byte) error {
		var count PersonCount
		err := json.Unmarshal(line, &count)
		counts = append(counts, count)
		return err
	})
	return counts, err
}

// DaySums asks what the attempts of some days come to, by day.
func (c Client) DaySums(ctx context.Context, from, to storage.Day) ([]storage.DayTotal, error) {
	return c.sums(ctx, "day", from, to)
}

// PersonSums asks what they come to by person.
func (c Client) PersonSums(ctx context.Context, from, to storage.Day) ([]storage.DayTotal, error) {
	return c.sums(ctx, "person", from, to)
}

func (c Client) sums(ctx context.Context, by string, from, to storage.Day) (sums []storage.DayTotal, err error) {
	query := url.Values{"by": {by}, "from": {string(from)}, "to": {string(to)}}
	err = c.lines(ctx, "/sums", query, func(line []byte) error {
		var sum storage.DayTotal
		err := json.Unmarshal(line, &sum)
		sums = append(sums, sum)
		return err
	})
	return sums, err
}

// Names asks for what people are called.
func (c Client) Names(ctx context.Context, persons []int64) (map[int64]string, error) {
	names := map[int64]string{}
	for some := range slices.Chunk(persons, maxPersons) {
		query := url.Values{}
		for _, id := range some {
			query.Add("person", strconv.FormatInt(id, 10))
		}
		err := c.lines(ctx, "/names", query, func(line []byte) error {
			var n PersonName
			err := json.Unmarshal(line, &n)
			names[n.Person] = n.Name
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return names, nil
}

// Backup writes a backup of the bot's store to w. storage.ErrHeldUp says that
// it may be tried again.
func (c Client) Backup(ctx context.Context, w io.Writer) error {
	return c.get(ctx, "/backup", nil, func(resp *http.Response) error {
		if _, err := io.Copy(w, resp.Body); err != nil {
			return err
		}
		switch why := resp.Trailer.Get(failure); why {
		case "":
			return nil
		case heldUp:
			return storage.ErrHeldUp
		default:
			return errors.New(why)
		}
	})
}

// BackedUp tells the bot that a backup was made whole.
func (c Client) BackedUp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	return c.ask(ctx, http.MethodPost, "/backup", nil, func(*http.Response) error { return nil })
}

func (c Client) lines(ctx context.Context, path string, query url.Values, take func([]byte) error) error {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	return c.get(ctx, path, query, func(resp *http.Response) error {
		scan := bufio.NewScanner(io.LimitReader(resp.Body, maxAnswer))
		for scan.Scan() {
			if err := take(scan.Bytes()); err != nil {
				return err
			}
		}
		return scan.Err()
	})
}

func (c Client) get(ctx context.Context, path string, query url.Values, use func(*http.Response) error) error {
	return c.ask(ctx, http.MethodGet, path, query, use)
}

// ask asks and hands the answer to use.
func (c Client) ask(ctx context.Context, method, path string, query url.Values, use func(*http.Response) error) error {
	addr, err := address(c.Path)
	if err != nil {
		return err
	}
	transport := &http.Transport{
		DisableKeepAlives:     true,
		ResponseHeaderTimeout: answerTimeout,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", addr)
		},
	}
	target := url.URL{Scheme: "http", Host: "mrzbot", Path: path, RawQuery: query.Encode()}
	req, err := http.NewRequestWithContext(ctx, method, target.String(), nil)
	if err != nil {
		return err
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return unreachable(addr, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		says, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
		return fmt.Errorf("the running bot says: %s", strings.TrimSpace(string(says)))
	}
	return use(resp)
}

// unreachable tells that nobody is there from that one may not ask.
func unreachable(addr string, err error) error {
	var op *net.OpError
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("this user may not use %s: run the command as the user of the bot (%w)", addr, fs.ErrPermission)
	case errors.As(err, &op) && op.Op == "dial" && !op.Timeout():
		return ErrNobody
	}
	return err
}
