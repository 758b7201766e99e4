package page

// BotProcess is the bot's process, run by somebody else.
type BotProcess interface {
	// Now is the process as it is, and what is closed when that changes.
	Now() (ProcessState, <-chan struct{})
	// Kill ends the process at once, as a power cut would. It is started again
	// after a moment, unless it is to stay down.
	Kill()
	// StayDown keeps a bot that was killed from being started again.
	StayDown(bool)
}

// ProcessState says how the bot's process is.
type ProcessState struct {
	State string `json:"state"` // "starting", "running" or "down"
	Since int64  `json:"since"` // Unix milliseconds
	Kills int    `json:"kills"`
	Stays bool   `json:"stays"` // it is not started again
}
