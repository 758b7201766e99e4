package bolt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"

	"mrzbot/storage"
)

// bbolt believes what its pages say about their own length and about where
// their keys are. A scribbled length makes it take memory without end, or free
// pages that are in use, and a scribbled key makes it miss what is there. So
// the tree is walked before it is used: all of it where the file is small, and
// otherwise, because opening a large store must not mean reading it, the
// branches that lead to the leaves.

// wholeTree is the size in bytes up to which a file is walked to its leaves:
// some hundred thousand attempts, read in a blink.
const wholeTree = 64 << 20

// Where things are on pages of the tree, in bytes. A key lies at its element's
// own place plus "pos", a value behind its key.
const (
	branchFlag  = 0x01
	leafFlag    = 0x02
	elementSize = 16 // branch: pos, ksize (4 each), page (8); leaf: flags, pos, ksize, vsize (4 each)
	bucketFlag  = 0x01
	bucketHead  = 16 // root page (8), sequence (8); root 0: the bucket's page follows
	maxKey      = 32768
	maxDepth    = 32 // of branches: more than any file has
)

var errTree = fmt.Errorf("%w: a page is not what it was", storage.ErrDamaged)

// tree walks a file's pages.
type tree struct {
	file   *os.File
	head   fileHead
	used   []uint64 // a bit for each page that is free or was met
	leaves bool     // leaves are looked at
	page   []byte   // the last leaf of a table
}

// checkTree walks the tree of a file that nobody changes.
func checkTree(f *os.File, pageSize int, wholeUpTo int64) error {
	head, err := readHead(f, uint64(pageSize))
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if uint64(info.Size())/head.pageSize < head.pages {
		return errTruncate
	}
	free, err := head.freePages(f)
	if err != nil {
		return err
	}
	t := tree{file: f, head: head, used: make([]uint64, head.pages/64+1), leaves: info.Size() <= wholeUpTo}
	for _, id := range append(free, head.list, 0, 1) {
		if !t.meet(id) {
			return errList
		}
	}
	_, err = t.walk(head.root, span{}, 0, true)
	return err
}

// span is what keys may be: from low on and, unless it is nil, below high.
type span struct{ low, high []byte }

func (s span) holds(key []byte) bool {
	return bytes.Compare(key, s.low) >= 0 && (s.high == nil || bytes.Compare(key, s.high) < 0)
}

// meet notes a page, once.
func (t *tree) meet(id uint64) bool {
	if id >= t.head.pages || t.used[id/64]&(1<<(id%64)) != 0 {
		return false
	}
	t.used[id/64] |= 1 << (id % 64)
	return true
}

// walk looks at a page and what is below it, and tells whether it is a leaf.
func (t *tree) walk(id uint64, keys span, depth int, root bool) (leaf bool, err error) {
	var head [pageHead]byte
	if id >= t.head.pages || depth > maxDepth {
		return false, errTree
	}
	if _, err := t.file.ReadAt(head[:], int64(id*t.head.pageSize)); err != nil {
		return false, err
	}
	run := uint64(binary.NativeEndian.Uint32(head[12:])) + 1
	if binary.NativeEndian.Uint64(head[:]) != id || run > t.head.pages-id {
		return false, errTree
	}
	for next := range run {
		if !t.meet(id + next) {
			return false, errTree
		}
	}
	leaf = binary.NativeEndian.Uint16(head[8:]) == leafFlag
	if leaf && !root && !t.leaves {
		return true, nil
	}
	page := t.room(int(run*t.head.pageSize), leaf && !root)
	if _, err := t.file.ReadAt(page, int64(id*t.head.pageSize)); err != nil {
		return false, err
	}
	if leaf {
		return true, t.leaf(page, keys, root)
	}
	return false, t.branch(page, keys, depth, root)
}

// room gives memory for a page. Leaves of tables are looked at one after
// another and share it.
func (t *tree) room(size int, shared bool) []byte {
	if !shared {
		return make([]byte, size)
	}
	if len(t.page) < size {
		t.page = make([]byte, size)
	}
	return t.page[:size]
}

// elements gives how many elements a page says to have, if they fit it.
func elements(page []byte, flag uint16) (n int, ok bool) {
	n = int(binary.NativeEndian.Uint16(page[10:]))
	return n, binary.NativeEndian.Uint16(page[8:]) == flag && pageHead+n*elementSize <= len(page)
}

// part gives what an element at a place points to.
func part(page []byte, at int, pos, size uint32) ([]byte, bool) {
	from := uint64(at) + uint64(pos)
	if from+uint64(size) > uint64(len(page)) {
		return nil, false
	}
	return page[from : from+uint64(size)], true
}

func (t *tree) branch(page []byte, keys span, depth int, root bool) error {
	n, ok := elements(page, branchFlag)
	if !ok || n == 0 {
		return errTree
	}
	key := func(i int) ([]byte, bool) {
		at := pageHead + i*elementSize
		return part(page, at, binary.NativeEndian.Uint32(page[at:]), binary.NativeEndian.Uint32(page[at+4:]))
	}
	leaves := false
	for i := range n {
		low, ok := key(i)
		if !ok || !keys.holds(low) || len(low) > maxKey {
			return errTree
		}
		below := span{low: low, high: keys.high}
		if i+1 < n {
			if below.high, ok = key(i + 1); !ok || bytes.Compare(low, below.high) >= 0 {
				return errTree
			}
		}
		child := binary.NativeEndian.Uint64(page[pageHead+i*elementSize+8:])
		if leaves && !t.leaves && !root {
			// The first was a leaf, so all are: not one of them is read.
			if !t.meet(child) {
				return errTree
			}
			continue
		}
		var err error
		if leaves, err = t.walk(child, below, depth+1, root); err != nil {
			return err
		}
	}
	return nil
}

// leaf looks at a leaf. The root's leaves hold the tables, the tables' hold
// values.
func (t *tree) leaf(page []byte, keys span, root bool) error {
	n, ok := elements(page, leafFlag)
	if !ok {
		return errTree
	}
	var last []byte
	for i := range n {
		at := pageHead + i*elementSize
		flags, pos := binary.NativeEndian.Uint32(page[at:]), binary.NativeEndian.Uint32(page[at+4:])
		size, values := binary.NativeEndian.Uint32(page[at+8:]), binary.NativeEndian.Uint32(page[at+12:])
		key, ok := part(page, at, pos, size)
		if !ok || bytes.Compare(key, last) <= 0 || size > maxKey || (i == 0 || i == n-1) && !keys.holds(key) {
			return errTree
		}
		last = key
		value, ok := part(page, at, pos+size, values)
		if !ok || pos+size < pos || root != (flags&bucketFlag != 0) {
			return errTree
		}
		if root {
			if err := t.table(value); err != nil {
				return err
			}
		}
	}
	return nil
}

// table looks at the pages of a bucket.
func (t *tree) table(value []byte) error {
	if len(value) < bucketHead {
		return errTree
	}
	if id := binary.NativeEndian.Uint64(value); id != 0 {
		_, err := t.walk(id, span{}, 0, false)
		return err
	}
	if len(value) < bucketHead+pageHead {
		return errTree
	}
	return t.leaf(value[bucketHead:], span{}, false)
}
