// Package mrzclient is a client of the Biometric MRZ API: it sends one picture
// and gives back the lines that were read, or an *Error that says what went
// wrong, whether the call may be charged, and whether it may be made again.
//
// It never repeats a call by itself, never follows a redirect (the key is in
// the body), does not log, and does not judge what the lines say. Each call has a
// connection of its own. Its errors hold no key, no picture, no MRZ and none of the
// service's free texts. One thing is out of its hands: what a server says before it
// was asked, net/http writes to the standard logger of package log. A program that
// uses this client keeps that one silent.
//
// What the service says, and the Kind it becomes:
//
//	400 Subscription has not started                        SubscriptionNotStarted
//	400 No active or future subscription for technology     NoActiveSubscription
//	400 Client does not have subscription                   NoSubscription
//	400 Client does not have access to MRZ technology       NoAccess
//	400 MRZ max attempts exceeded                           MaxAttempts
//	400 about api_key; 401, 403                             BadKey
//	413, 415, 400 about the image                           PictureRefused
//	422 Error while parsing MRZ, or any text                Unreadable
//	422 with a list of {loc, msg}: a malformed request      Rejected, BadKey or PictureRefused
//	424, 429                                                Busy
//	503 MRZ service not available now, or any text          Unavailable
//	521, 523, 525, 526: a gateway did not reach the service Unavailable
//	500, 502, 504, other 5xx, 408                           Unknown
//	407, 511; a page or plain words as any other 4xx;
//	a page as 2xx or 3xx; a proxy that does not connect     Gateway
//	other 4xx, every other 3xx                              Rejected
//	2xx with result true and an MRZ                         an Answer
//	2xx with result false, of the types SERVICE_ERROR,
//	TIMEOUT, REQUEST_ERROR                                  ServiceFault
//	2xx with result false                                   Unreadable
//	2xx that was cut                                        Unknown
//	any other 2xx, 101                                      Protocol
//
// The five texts of 400 and "Error while parsing MRZ" are recognised under every
// 4xx and in the failure reason of a 2xx. Where the picture was not sent to its
// end, what would be Unknown is Unavailable: nobody can have read it. A gateway's
// page as 500, 502 or 504 stays Unknown: behind the gateway the picture may have
// been read. So does one as 422, which no gateway has of its own: Unreadable.
//
// What was read and paid for is understood where it can be: compressed although
// that was not asked for, in a list, in UTF-16, among a server's warnings, and from
// a connection that ended oddly behind it. All of that is bounded by maxAnswer. The
// lines stay as they came: entities, blanks and lost fillers are for those who
// parse them.
package mrzclient
