//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package bolt

import "os"

// letGo gives up a file that bbolt panicked over.
func letGo(f *os.File) { _ = f.Close() }
