package bot

import (
	"errors"
	"io"
	"strings"
	"testing"

	"mrzbot/bot/outcome"
	"mrzbot/bot/reader"

	"github.com/stretchr/testify/require"
)

// spring is a file on its way that knows whether it was given up.
type spring struct {
	io.Reader
	closed int
}

func (s *spring) Close() error {
	s.closed++
	return nil
}

// TestFlowIsGivenUp: a picture on its way that nobody reads to its end leaves
// no connection behind.
func TestFlowIsGivenUp(t *testing.T) {
	const headBytes = 4 << 10 // which the fetcher looks at first
	jpeg := "\xff\xd8\xff\xe0" + strings.Repeat("x", headBytes)
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		file   string
		end    error // after what there is of the file; nil: just its end
		lost   bool  // somebody else has the task by now
		panics bool
		reads  int
		code   outcome.Code // of the last word; "": none
	}{
		"no picture":           {file: strings.Repeat("x", headBytes), code: outcome.UnsupportedFile},
		"broken at its head":   {file: "\xff\xd8", end: broken, code: outcome.DownloadFailed},
		"the task is lost":     {file: jpeg, lost: true},
		"the reader panics":    {file: jpeg, panics: true, reads: 1},
		"read":                 {file: jpeg, reads: 1, code: outcome.OK},
		"shorter than a head":  {file: "\xff\xd8\xff\xe0", reads: 1, code: outcome.OK},
		"broken after a head ": {file: jpeg, end: broken, reads: 1, code: outcome.OK}, // its reader did not notice
	} {
		t.Run(name, func(t *testing.T) {
			var desk *tableau
			reads := 0
			desk = setTable(t, func() (reader.Reading, error) {
				if reads++; c.panics {
					panic("reader")
				}
				return reader.Reading{Lines: []string{"I<UTO"}}, nil
			})
			flow := &spring{Reader: strings.NewReader(c.file)}
			if c.end != nil {
				flow.Reader = io.MultiReader(flow.Reader, failing{c.end})
			}
			desk.flow, desk.fetcher.Stream = flow, true
			task := desk.claim()
			if c.lost {
				require.NoError(t, desk.store.Done(t.Context(), task))
			}
			work := func() { desk.Handle(t.Context(), task) }
			if c.panics {
				require.Panics(t, work)
			} else {
				work()
			}
			require.NotZero(t, flow.closed)
			require.Equal(t, c.reads, reads)
			totals, err := desk.store.Totals(t.Context())
			require.NoError(t, err)
			if c.code == "" {
				require.Empty(t, totals)
				return
			}
			require.Len(t, totals, 1)
			require.Equal(t, string(c.code), totals[0].Outcome)
		})
	}
}

// failing is a reader that fails.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// TestBrokenFlowIsNotTheService: that a photo broke on its way from Telegram
// says nothing of the service.
func TestBrokenFlowIsNotTheService(t *testing.T) {
	desk := setTable(t, func() (reader.Reading, error) {
		return reader.Reading{}, &outcome.Failure{Code: outcome.DownloadFailed}
	})
	desk.flow, desk.fetcher.Stream = io.NopCloser(strings.NewReader("\xff\xd8\xff\xe0")), true
	desk.Handle(t.Context(), desk.claim())
	require.Zero(t, desk.gate.Failures())
}
