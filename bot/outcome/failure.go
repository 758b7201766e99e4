package outcome

import (
	"fmt"
	"time"

	"mrzbot/storage"
)

// Failure is a read that gave nothing.
type Failure struct {
	Code    Code
	Detail  Detail
	Charge  storage.Charge // "": as the outcome's row says
	Session string
	After   time.Duration // how long the service wants to be left alone; 0: unsaid
	Cause   string        // more exactly why, by the name of its text behind "cause."; "": not known
	Status  int           // the HTTP status of the service's answer; 0: none
	Reason  string        // fixed words for the log, nothing of the picture or the answer; "": none
}

// Error names the outcome; it holds nothing of the picture.
func (f *Failure) Error() string {
	if f.Detail == DetailNone {
		return fmt.Sprintf("reading: %s", f.Code)
	}
	return fmt.Sprintf("reading: %s (%s)", f.Code, f.Detail)
}
