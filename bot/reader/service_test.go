package reader

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/outcome"
	"mrzbot/mrzclient"
	"mrzbot/storage"
)

// TestServiceFailures holds the client's kinds of errors against the table of outcomes.
func TestServiceFailures(t *testing.T) {
	for kind, f := range serviceFailures {
		row := outcome.Of(f.Code)
		require.Equal(t, f.Code, row.Code, kind)
		e := &mrzclient.Error{Kind: kind}
		require.Equal(t, row.Waits, e.Repeatable(), "client and table must agree on %s", kind)
		if e.MayBeCharged() {
			require.NotEqual(t, storage.ChargeNo, row.Charge, kind)
		}
	}
}

// TestExactCause: what the client knows exactly is kept for the admins, by its name.
func TestExactCause(t *testing.T) {
	for _, d := range mrzclient.Details() {
		f, ok := errors.AsType[*outcome.Failure](serviceFailure(&mrzclient.Error{Kind: mrzclient.Gateway, Status: 407, Detail: d}))
		require.True(t, ok)
		require.Equal(t, string(d), f.Cause)
		require.Equal(t, 407, f.Status)
	}
	require.Empty(t, CauseOf(&mrzclient.Error{Kind: mrzclient.BadPicture, Detail: "reader_failed"}), "no admin is told of it")
}

// TestStreamFailure: a photo that broke on its way was there once, so that it
// is fetched again.
func TestStreamFailure(t *testing.T) {
	require.Equal(t, &outcome.Failure{Code: outcome.DownloadFailed}, streamFailure(errors.New("x")))
}
