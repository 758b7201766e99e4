package mrzclient

import (
	"cmp"
	"strconv"
	"strings"
	"time"
)

// Kind says why there are no lines. The package's comment has the table of what
// becomes what.
type Kind string

// The kinds of failure.
const (
	// Unreadable: the service found no MRZ in the picture.
	Unreadable Kind = "unreadable"
	// MaxAttempts: the provider's own limit is reached. What it counts is not
	// documented, so it is never to be tried again by itself.
	MaxAttempts Kind = "max_attempts"
	// SubscriptionNotStarted, NoActiveSubscription and NoSubscription are the
	// three ways the organisation's subscription can be wrong.
	SubscriptionNotStarted Kind = "subscription_not_started"
	NoActiveSubscription   Kind = "no_active_subscription"
	NoSubscription         Kind = "no_subscription"
	// NoAccess: MRZ is not part of the subscription.
	NoAccess Kind = "no_access"
	// BadKey: there is no key, or the service does not accept it.
	BadKey Kind = "bad_key"
	// Rejected: the service refuses such requests, or redirects them.
	Rejected Kind = "rejected"
	// PictureRefused: the service does not take this picture, for its size, its
	// kind or its looks. Others it may take.
	PictureRefused Kind = "picture_refused"
	// Gateway: somebody between this program and the service answered in its
	// place: a proxy, a firewall, a login page. The service was not asked.
	Gateway Kind = "gateway"
	// ServiceFault: the service took the picture and reports a fault of its own.
	ServiceFault Kind = "service_fault"
	// Busy: the service, or one behind it, asks to come later.
	Busy Kind = "busy"
	// Unavailable: no connection, the picture not sent to its end, or the
	// service says that it is down.
	Unavailable Kind = "unavailable"
	// Unknown: the picture was sent, and whether it was read nobody knows.
	Unknown Kind = "unknown"
	// Protocol: the service accepted the call, and its answer is not understood.
	Protocol Kind = "protocol"
	// BadPicture: the picture's reader failed, or Picture is not filled in
	// right. It was not sent to its end.
	BadPicture Kind = "bad_picture"
	// Canceled: the caller's context was canceled before the picture was sent
	// to its end.
	Canceled Kind = "canceled"
)

// kinds is what is known of each kind.
var kinds = map[Kind]struct {
	text       string
	charged    bool // the provider may have a reason to charge
	repeatable bool // surely not processed, and another try may succeed
}{
	Unreadable:             {text: "the picture could not be read", charged: true},
	MaxAttempts:            {text: "the provider's limit of attempts is reached"},
	SubscriptionNotStarted: {text: "the subscription has not started"},
	NoActiveSubscription:   {text: "there is no active or future subscription"},
	NoSubscription:         {text: "the client does not have a subscription"},
	NoAccess:               {text: "the subscription does not include MRZ"},
	BadKey:                 {text: "the key is not accepted"},
	Rejected:               {text: "the request was refused"},
	PictureRefused:         {text: "this picture was refused"},
	Gateway:                {text: "the answer is not the service's", repeatable: true},
	ServiceFault:           {text: "the service reports a fault of its own", charged: true},
	Busy:                   {text: "the service is busy", repeatable: true},
	Unavailable:            {text: "the service is not available", repeatable: true},
	Unknown:                {text: "whether the picture was read is not known", charged: true},
	Protocol:               {text: "the answer is not understood", charged: true},
	BadPicture:             {text: "the picture could not be taken"},
	Canceled:               {text: "given up before the picture was sent", repeatable: true},
}

// Error is why a call gave no lines. Every error of this package is one.
type Error struct {
	Kind Kind
	// Status is the answer's HTTP status; 0 when there was no answer.
	Status int
	// Sent says that the last byte of the picture's request was written, so
	// that the service may have it all. It is true where that is uncertain.
	Sent bool
	// Session is the provider's name of the call; "" when it gave none.
	Session string
	// Reason is the provider's type of failure, one of SERVICE_ERROR,
	// REQUEST_ERROR, CLIENT, CALC_RESULT, OTHER, TIMEOUT, or "".
	Reason string
	// RetryAfter is how long the service asks to wait; 0 when it does not say.
	RetryAfter time.Duration

	// Detail says more exactly why; "" when no more is known.
	Detail Detail

	cause error // for errors.Is and errors.As, never printed
}

// Error says what happened in fixed words. It is fit for logs.
func (e *Error) Error() string {
	var text strings.Builder
	text.WriteString("mrz service: ")
	text.WriteString(kinds[e.Kind].text)
	if e.Status != 0 {
		text.WriteString(" (HTTP " + strconv.Itoa(e.Status) + ")")
	}
	if words := cmp.Or(details[e.Detail], ownDetails[e.Detail]); words != "" {
		text.WriteString(": " + words)
	}
	return text.String()
}

// Unwrap gives the error of Picture.Body when that failed, and the context's
// error when the call was given up or took too long; otherwise nil. Errors of
// the network stay inside: their texts hold addresses.
func (e *Error) Unwrap() error { return e.cause }

// MayBeCharged reports whether the provider has a reason to charge for the
// call: it read the picture, or may have. What it does charge for is not
// documented, so every accepted call counts.
func (e *Error) MayBeCharged() bool {
	return kinds[e.Kind].charged || e.Status/100 == 2 && e.Kind != Gateway
}

// Repeatable reports whether the same call may be made again by itself: surely
// nothing was processed, and the cause may pass.
func (e *Error) Repeatable() bool {
	return kinds[e.Kind].repeatable
}
