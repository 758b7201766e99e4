package health

import (
	"fmt"

	"mrzbot/bot/text"
)

// Exactly says why the service gave nothing good: the cause by the name of its text
// behind "cause.", and the HTTP status. "" when neither is known.
func Exactly(v text.Localizer, cause string, status int) string {
	says := ""
	if cause != "" {
		says = v.Text("cause."+cause, nil)
	}
	switch {
	case status == 0:
		return says
	case says == "":
		return fmt.Sprintf("HTTP %d", status)
	}
	return fmt.Sprintf("%s (HTTP %d)", says, status)
}
