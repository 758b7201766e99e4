package cli

import (
	"log/slog"
	"math"
	"os"

	"mrzbot/internal/config"
	"mrzbot/internal/host"
)

// besidesPictures is what the program takes of memory besides the budget for
// pictures, in bytes: what people sent on its way, the store's index, and what is
// no longer used and not yet collected.
const besidesPictures = 110_000_000

// limitMemory makes the runtime collect what is no longer used before it asks for
// more than the settings and the container allow, unless GOMEMLIMIT has set a
// limit.
func (p Process) limitMemory(cfg config.Config, log *slog.Logger) {
	if p.LimitMemory == nil || p.LimitMemory(-1) != math.MaxInt64 {
		return
	}
	limit, container := int64(cfg.PictureMemory)+besidesPictures, host.ContainerMemory(os.ReadFile)
	if container < limit {
		log.Warn("the container allows less memory than PICTURE_MEMORY and the rest may take",
			"container", container, "picture_memory", int64(cfg.PictureMemory), "rest", int64(besidesPictures))
	}
	// A tenth of the container's is left to what the runtime does not count.
	p.LimitMemory(min(limit, container/10*9))
}
