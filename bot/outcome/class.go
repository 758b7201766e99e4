package outcome

import "mrzbot/storage"

// Class is the heading under which statistics and bills count an outcome. The
// classes of a range of days add up to its attempts.
type Class string

// The classes, in the order in which they are shown.
const (
	ClassRead       Class = "read"       // by the service, or where there is none by the local reader
	ClassLocal      Class = "local"      // by the local reader in the service's place
	ClassUnreadable Class = "unreadable" // the service found nothing, and charges for it
	ClassPerhaps    Class = "perhaps"    // perhaps charged: sent, and nobody knows more
	ClassRefused    Class = "refused"    // by the service, without a charge
	ClassDown       Class = "down"       // the service could not be asked in time
	ClassLooked     Class = "looked"     // not sent, because of what was seen in the picture
	ClassLimit      Class = "limit"      // not sent: no attempt left, or the budget spent
	ClassOther      Class = "other"      // whatever else came between
)

// Classes lists them, in the order in which they are shown.
func Classes() []Class {
	return []Class{ClassRead, ClassLocal, ClassUnreadable, ClassPerhaps, ClassRefused, ClassDown, ClassLooked, ClassLimit, ClassOther}
}

var classes = map[Code]Class{
	OK: ClassRead, Local: ClassLocal, Unreadable: ClassUnreadable,
	Unknown: ClassPerhaps, Protocol: ClassPerhaps, ServiceFault: ClassPerhaps,
	ProviderLimit: ClassRefused, Subscription: ClassRefused, NoAccess: ClassRefused, BadKey: ClassRefused,
	Rejected: ClassRefused, PictureRefused: ClassRefused,
	Busy: ClassDown, Unavailable: ClassDown, Gateway: ClassDown,
	NoMRZ: ClassLooked, TooSmall: ClassLooked, TooBlurry: ClassLooked, TooDark: ClassLooked, Glare: ClassLooked, CutOff: ClassLooked,
	UnsupportedFile: ClassLooked, TooLarge: ClassLooked,
	LimitReached: ClassLimit, OverBudget: ClassLimit,
	Late: ClassOther, DownloadFailed: ClassOther, Sealed: ClassOther, Canceled: ClassOther, ShutOut: ClassOther, Internal: ClassOther,
}

// ClassOf gives the class of attempts with that outcome and charge. What may have
// been charged without an answer is that first of all. A code that is none of the
// table's is ClassOther: an older or newer program wrote it.
func ClassOf(code Code, charge storage.Charge) Class {
	if charge == storage.ChargeUnknown {
		return ClassPerhaps
	}
	if class, ok := classes[code]; ok && class != ClassPerhaps {
		return class
	}
	return ClassOther
}
