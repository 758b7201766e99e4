package scan

import (
	"context"
	"errors"
	"time"

	"mrzbot/bot/outage"
	"mrzbot/bot/outcome"
	"mrzbot/storage"
)

// wakeNow is how many waiting photos each answer of a service that is back
// wakes: so they double from answer to answer, and the service is not run over.
const wakeNow = 2

// reportToBreaker tells the breaker what a read says of the service.
func (j *photoJob) reportToBreaker(ctx context.Context, p *outage.Pass, err error) {
	code, after := outcome.OK, time.Duration(0)
	if f := (*outcome.Failure)(nil); errors.As(err, &f) {
		code, after = f.Code, f.After
	} else if err != nil {
		code = outcome.Internal
	}
	if ctx.Err() != nil {
		code = outcome.Internal // the program stops, which is not the service's silence
	}
	pause := func() time.Duration { return j.Pauses.Next(j.Gate.Failures(), after) }
	switch code {
	case outcome.Busy, outcome.Unavailable, outcome.Gateway:
		p.Fail(code, j.Now(), pause())
	case outcome.Unknown:
		if p.Lose(j.Now(), pause()) {
			j.Alerts.Raise(ctx, &outcome.Failure{Code: outcome.Unknown}, true)
		}
	case outcome.OK, outcome.Unreadable, outcome.ServiceFault, outcome.ProviderLimit, outcome.Subscription, outcome.NoAccess, outcome.BadKey, outcome.Rejected, outcome.Protocol:
		if p.Up() {
			j.wake(ctx)
		}
	default:
		p.Leave() // it says nothing of the service
	}
}

// wake lets some of the photos that wait for the service come now.
func (j *photoJob) wake(ctx context.Context) {
	n, err := j.Store.WakeWaiting(ctx, storage.WakeWaiting{Kind: storage.KindPhoto, For: storage.OutageService, Now: j.Now(), Max: wakeNow})
	switch {
	case err != nil:
		j.Log.Warn("waiting photos not woken", "error", err)
	case n == 0:
		j.Gate.Rested()
	}
}
