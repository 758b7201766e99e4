//go:build linux || darwin

package host

import "syscall"

// Disk gives the bytes that are free for this user on the disk under a path, and the
// size of the disk; ok is false where that cannot be known.
func Disk(path string) (free, size int64, ok bool) {
	var is syscall.Statfs_t
	if err := syscall.Statfs(path, &is); err != nil {
		return 0, 0, false
	}
	block := int64(is.Bsize)
	return int64(is.Bavail) * block, int64(is.Blocks) * block, true
}
