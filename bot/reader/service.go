package reader

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"mrzbot/bot/outcome"
	"mrzbot/mrz"
	"mrzbot/mrzclient"
	"mrzbot/storage"
)

// Service reads pictures with the Biometric MRZ API.
type Service struct {
	Client *mrzclient.Client
	// Observe is told of each call how long it took and what came of it: "ok", or
	// the kind of the client's error. nil: nobody is told.
	Observe func(result string, took time.Duration)
}

// Paid is true: every accepted call may be charged.
func (Service) Paid() bool { return true }

// Read sends the picture to the service.
func (s Service) Read(ctx context.Context, p Picture) (Reading, error) {
	picture := mrzclient.Picture{Name: p.Name, ContentType: p.Type, Size: p.Size, Body: p.Body}
	if p.Body == nil {
		picture.Size, picture.Body = int64(len(p.Data)), bytes.NewReader(p.Data)
	}
	began := time.Now()
	a, err := s.Client.Read(ctx, picture)
	s.observe(err, time.Since(began))
	if err != nil {
		return Reading{}, serviceFailure(err)
	}
	r := Reading{Lines: a.Lines, Session: a.Session}
	// What was read is paid for, however it is written.
	if restored, ok := mrz.Restore(a.Lines); ok {
		r.Lines, r.Restored = restored.Lines, restored.Changes
	}
	return r, nil
}

func (s Service) observe(err error, took time.Duration) {
	if s.Observe == nil {
		return
	}
	result := "ok"
	if e, ok := errors.AsType[*mrzclient.Error](err); ok {
		result = string(e.Kind)
	} else if err != nil {
		result = string(mrzclient.Unknown)
	}
	s.Observe(result, took)
}

// serviceFailures gives the outcome of each kind of the client's errors.
var serviceFailures = map[mrzclient.Kind]outcome.Failure{
	mrzclient.Unreadable:             {Code: outcome.Unreadable},
	mrzclient.MaxAttempts:            {Code: outcome.ProviderLimit},
	mrzclient.SubscriptionNotStarted: {Code: outcome.Subscription, Detail: outcome.DetailNotStarted},
	mrzclient.NoActiveSubscription:   {Code: outcome.Subscription, Detail: outcome.DetailNotActive},
	mrzclient.NoSubscription:         {Code: outcome.Subscription, Detail: outcome.DetailNotSubscribed},
	mrzclient.NoAccess:               {Code: outcome.NoAccess},
	mrzclient.BadKey:                 {Code: outcome.BadKey},
	mrzclient.Rejected:               {Code: outcome.Rejected},
	mrzclient.PictureRefused:         {Code: outcome.PictureRefused},
	mrzclient.Gateway:                {Code: outcome.Gateway},
	mrzclient.ServiceFault:           {Code: outcome.ServiceFault},
	mrzclient.Busy:                   {Code: outcome.Busy},
	mrzclient.Unavailable:            {Code: outcome.Unavailable},
	mrzclient.Unknown:                {Code: outcome.Unknown},
	mrzclient.Protocol:               {Code: outcome.Protocol},
	mrzclient.BadPicture:             {Code: outcome.Internal},
}

// serviceFailure turns an error of the client into an outcome.
func serviceFailure(err error) error {
	var e *mrzclient.Error
	if !errors.As(err, &e) {
		return err
	}
	switch {
	case e.Kind == mrzclient.Canceled:
		return ErrInterrupted
	case e.Kind == mrzclient.BadPicture && !errors.Is(err, mrzclient.ErrPicture):
		return streamFailure(err)
	}
	f, ok := serviceFailures[e.Kind]
	if !ok {
		f = outcome.Failure{Code: outcome.Unknown}
	}
	f.Session, f.After, f.Reason = e.Session, e.RetryAfter, e.Error()
	f.Cause, f.Status = CauseOf(e), e.Status
	if e.MayBeCharged() && outcome.Of(f.Code).Charge == storage.ChargeNo {
		f.Charge = storage.ChargeUnknown // a refusal in an answer that was a success
	}
	return &f
}

// CauseOf names the text that says more exactly what the service did, or somebody on
// the way to it; "": no more is known.
func CauseOf(e *mrzclient.Error) string {
	if !slices.Contains(mrzclient.Details(), e.Detail) {
		return ""
	}
	return string(e.Detail)
}
