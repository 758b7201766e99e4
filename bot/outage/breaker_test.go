package outage

import (
	"testing"
	"time"

	"mrzbot/bot/outcome"

	"github.com/stretchr/testify/require"
)

// enters asks for a pass.
func enters(t *testing.T, b *Breaker, now time.Time, waited bool) *Pass {
	p, code := b.enter(now, waited)
	require.Equal(t, p == nil, code != "")
	return p
}

// noon is when these tests begin.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func TestBreaker(t *testing.T) {
	var b Breaker
	first, second := enters(t, &b, noon, false), enters(t, &b, noon, false)
	require.NotNil(t, first)
	require.NotNil(t, second, "nobody knows of a failure yet")
	first.Fail(outcome.Busy, noon, time.Minute)
	second.Fail(outcome.Unavailable, noon, time.Minute)
	require.Equal(t, 1, b.Failures(), "those that were on their way together")
	require.Equal(t, time.Minute, b.Pause(noon))

	_, code := b.enter(noon.Add(time.Minute-1), false)
	require.Equal(t, outcome.Unavailable, code)
	probe := enters(t, &b, noon.Add(time.Minute), true)
	require.NotNil(t, probe)
	require.Nil(t, enters(t, &b, noon.Add(time.Hour), false), "one asks for all")
	probe.Leave()
	probe.Fail(outcome.Busy, noon, time.Hour) // a pass is given back once
	probe = enters(t, &b, noon.Add(time.Minute), false)
	require.NotNil(t, probe, "one that learned nothing lets the next one ask")
	probe.Fail(outcome.Busy, noon.Add(time.Minute), time.Hour)
	require.Equal(t, 2, b.Failures())
	require.Nil(t, enters(t, &b, noon.Add(2*time.Minute), false))
	back := noon.Add(-time.Hour)
	require.NotNil(t, enters(t, &b, back, false), "a clock that went back")
	require.Zero(t, b.Pause(back))
}

// TestBreakerOfSilence: photos that were sent and got no answer are an outage when
// no answer comes between them, and at once when the one that asks for all is one.
func TestBreakerOfSilence(t *testing.T) {
	var b Breaker
	lose := func(now time.Time) bool { return enters(t, &b, now, false).Lose(now, time.Minute) }
	require.False(t, lose(noon))
	require.Empty(t, b.Closed(noon, false))
	enters(t, &b, noon, false).Up()
	require.False(t, lose(noon), "an answer came between")
	enters(t, &b, noon, false).Leave()
	require.True(t, lose(noon))
	require.Equal(t, outcome.Unavailable, b.Closed(noon, false))
	probe := enters(t, &b, noon.Add(time.Minute), true)
	require.Equal(t, outcome.Unavailable, b.Closed(noon.Add(time.Hour), true), "one asks for all")
	require.True(t, probe.Lose(noon.Add(time.Minute), time.Minute))
	require.Equal(t, 2, b.Failures())
	probe = enters(t, &b, noon.Add(2*time.Minute), true)
	probe.yield(noon.Add(3 * time.Minute))
	require.NotEmpty(t, b.Closed(noon.Add(3*time.Minute-1), true), "another process asks")
	require.Empty(t, b.Closed(noon.Add(3*time.Minute), true))
	require.Equal(t, 2, b.Failures(), "nothing was learned")
	require.True(t, enters(t, &b, noon.Add(3*time.Minute), true).Up())
	require.False(t, lose(noon))
}

func TestBreakerWakes(t *testing.T) {
	var b Breaker
	p := enters(t, &b, noon, true)
	require.NotNil(t, p)
	require.Nil(t, enters(t, &b, noon, true), "what waited before asks one at a time until the service is proven")
	fresh := enters(t, &b, noon, false)
	require.NotNil(t, fresh, "a new photo is not kept from a service that may be well")
	require.True(t, p.Up(), "some may wait since the last life")
	require.True(t, fresh.Up())
	b.Rested()
	require.False(t, enters(t, &b, noon, true).Up(), "all are awake")
	enters(t, &b, noon, false).Fail(outcome.Unavailable, noon, time.Second)
	require.True(t, enters(t, &b, noon.Add(time.Second), true).Up())
	require.Zero(t, b.Failures())
}
