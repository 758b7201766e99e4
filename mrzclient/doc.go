// Package mrzclient is a client of the Biometric MRZ API: it sends one picture
// and gives back the lines that were read, or an *Error that says what went
// wrong, whether the call may be charged, and whether it may be made again.
//
// It never repeats a call by itself, never follows a redirect (the key is in
// the body), does not log, and does not judge what the lines say. Its errors
// hold no key, no picture, no MRZ and none of the service's free texts. One thing
// is out of its hands: what a broken server sends unasked over a kept connection
// (more text than its Content-Length says), net/http writes to the standard
// logger of package log. A program that uses this client keeps that one silent.
//
// What the service says, and the Kind it becomes:
//
//	400 Subscription has not started                        SubscriptionNotStarted
//	400 No active or future subscription for technology     NoActiveSubscription
//	400 Client does not have subscription                   NoSubscription
//	400 Client does not have access to MRZ technology       NoAccess
//	400 MRZ max attempts exceeded                           MaxAttempts
//	400 about api_key; 401, 403                             BadKey
//	422 Error while parsing MRZ, or any text                Unreadable
//	422 with a list of {loc, msg}: a malformed request      Rejected, or BadKey
//	424, 429                                                Busy
//	503 MRZ service not available now, or any text          Unavailable
//	500, 502, 504, other 5xx, 408                           Unknown
//	other 4xx, every 3xx                                    Rejected
//	2xx with result true and an MRZ                         an Answer
//	2xx with result false                                   Unreadable
//	any other 2xx                                           Protocol
//
// The five texts of 400 and "Error while parsing MRZ" are recognised under every
// 4xx and in the failure reason of a 2xx. Where the picture was not sent to its
// end, what would be Unknown is Unavailable: nobody can have read it.
package mrzclient
