package cli

import (
	"bytes"
	"log/slog"
	"math"
	"os"
	"path"
	"strconv"
	"strings"

	"mrzbot/internal/config"
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
	limit, container := int64(cfg.PictureMemory)+besidesPictures, containerMemory(os.ReadFile)
	if container < limit {
		log.Warn("the container allows less memory than PICTURE_MEMORY and the rest may take",
			"container", container, "picture_memory", int64(cfg.PictureMemory), "rest", int64(besidesPictures))
	}
	// A tenth of the container's is left to what the runtime does not count.
	p.LimitMemory(min(limit, container/10*9))
}

// containerMemory is the limit of memory of the control group that the program
// runs in, of either version, in bytes; math.MaxInt64 where there is none.
func containerMemory(read func(string) ([]byte, error)) int64 {
	const root = "/sys/fs/cgroup"
	limit := int64(math.MaxInt64)
	// Where a container sees its own group only, the path beside it leads nowhere,
	// and the group is the root.
	list, _ := read("/proc/self/cgroup")
	for _, line := range strings.Split(string(list), "\n") {
		_, rest, _ := strings.Cut(line, ":")
		controllers, group, ok := strings.Cut(rest, ":")
		if !ok {
			continue
		}
		folder, file := root, "memory.max"
		if controllers != "" {
			if !strings.Contains(","+controllers+",", ",memory,") {
				continue
			}
			folder, file = root+"/memory", "memory.limit_in_bytes"
		}
		// A group above may allow less.
		for ; ; group = path.Dir(group) {
			if data, err := read(path.Join(folder, group, file)); err == nil {
				if n, err := strconv.ParseInt(string(bytes.TrimSpace(data)), 10, 64); err == nil && n > 0 {
					limit = min(limit, n)
				}
			}
			if group == "/" || group == "." || group == "" {
				break
			}
		}
	}
	return limit
}
