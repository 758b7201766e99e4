package host

import (
	"bytes"
	"math"
	"path"
	"strconv"
	"strings"
)

// ContainerMemory is the limit of memory of the control group that the program
// runs in, of either version, in bytes; math.MaxInt64 where there is none.
func ContainerMemory(read func(string) ([]byte, error)) int64 {
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
