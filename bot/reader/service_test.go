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

// TestStreamFailure: a photo that broke on its way was there once, so that it
// is fetched again.
func TestStreamFailure(t *testing.T) {
	require.Equal(t, &outcome.Failure{Code: outcome.DownloadFailed}, streamFailure(errors.New("x")))
}
