package outcome

// Saving names what made a call of the service unnecessary. Savings stand in metrics.
type Saving string

// The savings there are.
const (
	SavedByLook       Saving = "look"          // nothing can be read in the picture
	SavedByDoubleSend Saving = "double_send"   // it was answered a moment ago
	SavedByLocal      Saving = "local_reading" // it was read on this machine
)

// Savings lists them, for metrics that start at zero.
func Savings() []Saving { return []Saving{SavedByLook, SavedByDoubleSend, SavedByLocal} }
