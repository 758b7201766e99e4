package host

import (
	"io/fs"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestContainerMemory(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"none": {nil, math.MaxInt64},
		"version 2, in a container": {map[string]string{
			"/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/memory.max": "536870912\n",
		}, 536870912},
		"version 2, no limit": {map[string]string{
			"/proc/self/cgroup": "0::/user.slice\n", "/sys/fs/cgroup/user.slice/memory.max": "max\n",
		}, math.MaxInt64},
		"version 2, the service of a machine": {map[string]string{
			"/proc/self/cgroup": "0::/system.slice/mrzbot.service\n", "/sys/fs/cgroup/system.slice/mrzbot.service/memory.max": "max\n",
			"/sys/fs/cgroup/system.slice/memory.max": "700000000\n",
		}, 700000000},
		"version 1": {map[string]string{
			"/proc/self/cgroup": "9:cpu,cpuacct:/x\n4:memory:/docker/ab\n0::/\n", "/sys/fs/cgroup/memory/docker/ab/memory.limit_in_bytes": "600000000\n",
			"/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
		}, 600000000},
		"version 1, in a container": {map[string]string{
			"/proc/self/cgroup": "4:memory:/docker/ab\n", "/sys/fs/cgroup/memory/memory.limit_in_bytes": "600000000\n",
		}, 600000000},
		"nonsense": {map[string]string{
			"/proc/self/cgroup": "x\n::\n0::/\n", "/sys/fs/cgroup/memory.max": "-5\n",
		}, math.MaxInt64},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, ContainerMemory(func(file string) ([]byte, error) {
				if text, ok := c.files[file]; ok {
					return []byte(text), nil
				}
				return nil, fs.ErrNotExist
			}))
		})
	}
}
