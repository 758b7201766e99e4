package outcome

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// TestClasses: every outcome is counted under a heading that goes with its charge.
func TestClasses(t *testing.T) {
	for code, o := range outcomes {
		class, known := classes[code]
		require.True(t, known, "%s needs a class", code)
		require.Contains(t, Classes(), class)
		require.Equal(t, o.Charge == storage.ChargeUnknown, class == ClassPerhaps, code)
		require.Equal(t, o.Charge == storage.ChargeYes, class == ClassRead || class == ClassUnreadable, code)
		require.Equal(t, ClassPerhaps, ClassOf(code, storage.ChargeUnknown), code)
	}
	require.Equal(t, ClassRead, ClassOf(OK, storage.ChargeNo), "by the local reader")
	require.Equal(t, ClassOther, ClassOf(Unknown, storage.ChargeNo), "with the local reader nothing is charged")
	require.Equal(t, ClassOther, ClassOf("of another program", storage.ChargeNo))
}

// TestOutcomes holds the table against what design and ledger rest on.
func TestOutcomes(t *testing.T) {
	for code, o := range outcomes {
		require.Equal(t, code, o.Code)
		mayCost := o.Charge != storage.ChargeNo && code != ServiceFault
		require.Equal(t, mayCost, o.Counts, "what may be charged uses up the limit: %s", code)
		if o.Charge == storage.ChargeUnknown {
			require.True(t, o.Asks, "what may have been charged is not repeated without a press: %s", code)
		}
		if o.Recovers {
			require.True(t, o.Alert, "the admins know of what others are told the end of: %s", code)
			require.Equal(t, storage.ChargeNo, o.Charge, code)
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

// TestReasonsAreStops: each reason has the words of a stop, and no other detail has.
func TestReasonsAreStops(t *testing.T) {
	for _, reason := range Reasons() {
		code, _, ok := StopFor(reason)
		require.True(t, ok, reason)
		require.True(t, Of(code).Stops, reason)
	}
	for _, detail := range []Detail{DetailNone, DetailLocal, DetailHere, DetailLine1, DetailPixels, "unknown", "ok"} {
		_, _, ok := StopFor(detail)
		require.False(t, ok, detail)
	}
	for code, o := range outcomes {
		if o.Stops {
			require.True(t, o.Asks, code)
			require.Equal(t, storage.ChargeNo, o.Charge, code)
		}
	}
}
