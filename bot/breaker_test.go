package bot

import (
	"testing"
	"time"

	"github.com/go-telegram/bot/models"
	"github.com/stretchr/testify/require"
)

// enters asks for a pass.
func enters(t *testing.T, b *breaker, now time.Time, waited bool) *pass {
	p, code := b.enter(now, waited)
	require.Equal(t, p == nil, code != "")
	return p
}

func TestBreaker(t *testing.T) {
	var b breaker
	first, second := enters(t, &b, noon, false), enters(t, &b, noon, false)
	require.NotNil(t, first)
	require.NotNil(t, second, "nobody knows of a failure yet")
	first.fail(CodeBusy, noon, time.Minute)
	second.fail(CodeUnavailable, noon, time.Minute)
	require.Equal(t, 1, b.failures(), "those that were on their way together")
	require.Equal(t, time.Minute, b.pause(noon))

	_, code := b.enter(noon.Add(time.Minute-1), false)
	require.Equal(t, CodeUnavailable, code)
	probe := enters(t, &b, noon.Add(time.Minute), true)
	require.NotNil(t, probe)
	require.Nil(t, enters(t, &b, noon.Add(time.Hour), false), "one asks for all")
	probe.leave()
	probe.fail(CodeBusy, noon, time.Hour) // a pass is given back once
	probe = enters(t, &b, noon.Add(time.Minute), false)
	require.NotNil(t, probe, "one that learned nothing lets the next one ask")
	probe.fail(CodeBusy, noon.Add(time.Minute), time.Hour)
	require.Equal(t, 2, b.failures())
	require.Nil(t, enters(t, &b, noon.Add(2*time.Minute), false))
	back := noon.Add(-time.Hour)
	require.NotNil(t, enters(t, &b, back, false), "a clock that went back")
	require.Zero(t, b.pause(back))
}

// TestBreakerOfSilence: photos that were sent and got no answer are an outage when
// no answer comes between them, and at once when the one that asks for all is one.
func TestBreakerOfSilence(t *testing.T) {
	var b breaker
	lose := func(now time.Time) bool { return enters(t, &b, now, false).lose(now, time.Minute) }
	require.False(t, lose(noon))
	require.Empty(t, b.closed(noon, false))
	enters(t, &b, noon, false).up()
	require.False(t, lose(noon), "an answer came between")
	enters(t, &b, noon, false).leave()
	require.True(t, lose(noon))
	require.Equal(t, CodeUnavailable, b.closed(noon, false))
	probe := enters(t, &b, noon.Add(time.Minute), true)
	require.Equal(t, CodeUnavailable, b.closed(noon.Add(time.Hour), true), "one asks for all")
	require.True(t, probe.lose(noon.Add(time.Minute), time.Minute))
	require.Equal(t, 2, b.failures())
	probe = enters(t, &b, noon.Add(2*time.Minute), true)
	probe.yield(noon.Add(3 * time.Minute))
	require.NotEmpty(t, b.closed(noon.Add(3*time.Minute-1), true), "another process asks")
	require.Empty(t, b.closed(noon.Add(3*time.Minute), true))
	require.Equal(t, 2, b.failures(), "nothing was learned")
	require.True(t, enters(t, &b, noon.Add(3*time.Minute), true).up())
	require.False(t, lose(noon))
}

func TestBreakerWakes(t *testing.T) {
	var b breaker
	p := enters(t, &b, noon, true)
	require.NotNil(t, p)
	require.Nil(t, enters(t, &b, noon, true), "what waited before asks one at a time until the service is proven")
	fresh := enters(t, &b, noon, false)
	require.NotNil(t, fresh, "a new photo is not kept from a service that may be well")
	require.True(t, p.up(), "some may wait since the last life")
	require.True(t, fresh.up())
	b.rested()
	require.False(t, enters(t, &b, noon, true).up(), "all are awake")
	enters(t, &b, noon, false).fail(CodeUnavailable, noon, time.Second)
	require.True(t, enters(t, &b, noon.Add(time.Second), true).up())
	require.Zero(t, b.failures())
}

func TestDecision(t *testing.T) {
	d := decision{verb: allowButton, by: 1 << 40, at: noon}
	got := parseDecision(d.String("update:7"))
	require.True(t, d.at.Equal(got.at))
	got.at = d.at
	require.Equal(t, d, got)
	for _, used := range []string{"", "again:update:7", "allow 1"} {
		require.Zero(t, parseDecision(used), used)
	}
}

func TestDisplayName(t *testing.T) {
	for want, u := range map[string]models.User{
		"":           {},
		"Aibek":      {FirstName: "Aibek"},
		"Aibek Uulu": {FirstName: " Aibek\n\t", LastName: "Uulu"},
		"a b c":      {FirstName: "a\u202eb\u2028c"},
		"👩‍👩‍👧 x":    {FirstName: "👩‍👩‍👧", LastName: "x"},
	} {
		require.Equal(t, want, displayName(u))
	}
}
