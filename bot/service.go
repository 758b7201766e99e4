package bot

import (
	"bytes"
	"context"
	"errors"

	"mrzbot/mrz"
	"mrzbot/mrzclient"
	"mrzbot/storage"
)

// Service reads pictures with the Biometric MRZ API.
type Service struct{ Client *mrzclient.Client }

// Paid is true: every accepted call may be charged.
func (Service) Paid() bool { return true }

// Read sends the picture to the service.
func (s Service) Read(ctx context.Context, p Picture) (Reading, error) {
	picture := mrzclient.Picture{Name: p.Name, ContentType: p.Type, Size: p.Size, Body: p.Body}
	if p.Body == nil {
		picture.Size, picture.Body = int64(len(p.Data)), bytes.NewReader(p.Data)
	}
	a, err := s.Client.Read(ctx, picture)
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

// serviceFailures gives the outcome of each kind of the client's errors.
var serviceFailures = map[mrzclient.Kind]Failure{
	mrzclient.Unreadable:             {Code: CodeUnreadable},
	mrzclient.MaxAttempts:            {Code: CodeProviderLimit},
	mrzclient.SubscriptionNotStarted: {Code: CodeSubscription, Detail: DetailNotStarted},
	mrzclient.NoActiveSubscription:   {Code: CodeSubscription, Detail: DetailNotActive},
	mrzclient.NoSubscription:         {Code: CodeSubscription, Detail: DetailNotSubscribed},
	mrzclient.NoAccess:               {Code: CodeNoAccess},
	mrzclient.BadKey:                 {Code: CodeBadKey},
	mrzclient.Rejected:               {Code: CodeRejected},
	mrzclient.PictureRefused:         {Code: CodePictureRefused},
	mrzclient.Gateway:                {Code: CodeGateway},
	mrzclient.ServiceFault:           {Code: CodeServiceFault},
	mrzclient.Busy:                   {Code: CodeBusy},
	mrzclient.Unavailable:            {Code: CodeUnavailable},
	mrzclient.Unknown:                {Code: CodeUnknown},
	mrzclient.Protocol:               {Code: CodeProtocol},
	mrzclient.BadPicture:             {Code: CodeInternal},
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
		f = Failure{Code: CodeUnknown}
	}
	f.Session, f.After, f.Reason = e.Session, e.RetryAfter, e.Error()
	if e.MayBeCharged() && outcomes[f.Code].Charge == storage.ChargeNo {
		f.Charge = storage.ChargeUnknown // a refusal in an answer that was a success
	}
	return &f
}
