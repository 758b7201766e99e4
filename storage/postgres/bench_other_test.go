//go:build !unix

package postgres

import "time"

// cpuTime is not known here.
func cpuTime() time.Duration { return 0 }
