//go:build !linux && !darwin

package host

// Disk gives the bytes that are free for this user on the disk under a path, and the
// size of the disk; ok is false where that cannot be known.
func Disk(string) (free, size int64, ok bool) { return 0, 0, false }
