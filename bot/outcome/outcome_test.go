package outcome

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// TestOutcomes holds the table against what design and ledger rest on.
func TestOutcomes(t *testing.T) {
	for code, o := range outcomes {
		require.Equal(t, code, o.Code)
		mayCost := o.Charge != storage.ChargeNo && code != ServiceFault
		require.Equal(t, mayCost, o.Counts, "what may be charged uses up the limit: %s", code)
		if o.Charge == storage.ChargeUnknown {
			require.True(t, o.Asks, "what may have been charged is not repeated without a press: %s", code)
		}
		if o.Asks {
			require.False(t, o.Waits, code)
		}
		if o.Waits {
			require.Equal(t, storage.ChargeNo, o.Charge, "only what surely was not processed may be repeated: %s", code)
			require.False(t, o.Counts, code)
		}
	}
}
