package bolt

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"os"

	"mrzbot/storage"
)

// bbolt believes its list of free pages: with a scribbled one it writes over
// pages in use, or takes all memory there is for a list that is said to be
// long, which no recover helps against. So the list is looked at here: all of
// it before bbolt opens the file, and the head of it before each commit.
//
// The layout is bbolt's version 2, in the byte order of the machine. Page 0
// and 1 are two heads of the file, written in turns; the valid one with the
// higher transaction is true.

// Where things are on bbolt's pages, in bytes.
const (
	pageHead   = 16 // id (8), flags (2), count (2), overflow (4)
	headBytes  = pageHead + 64
	headSize   = 8  // page size (4), in a head, from the end of the page's head
	headRoot   = 16 // page of the root
	headList   = 32 // page of the list
	headPages  = 40 // pages in use
	headTx     = 48 // transaction
	headSum    = 56 // FNV-1a of all before it
	listFlag   = 0x10
	longList   = 0xffff // count of a list that has its length in its first place
	idBytes    = 8
	fewestSize = 1024
)

var (
	errList  = fmt.Errorf("%w: the list of free pages is wrong", storage.ErrDamaged)
	errHeads = fmt.Errorf("%w: no head of the file is valid", storage.ErrDamaged)
)

// fileHead is what a head says.
type fileHead struct {
	pageSize, root, list, pages, tx uint64
}

// readHead gives the true head of a file. pageSize is 0 while it is not known.
func readHead(f *os.File, pageSize uint64) (head fileHead, err error) {
	sizes := []uint64{pageSize}
	if pageSize == 0 {
		sizes = sizes[:0]
		for size := uint64(fewestSize); size <= fewestSize<<14; size *= 2 {
			sizes = append(sizes, size)
		}
	}
	found := consider(f, 0, &head)
	for _, size := range sizes {
		if consider(f, size, &head) {
			found = true
			break
		}
	}
	if !found {
		return head, errHeads
	}
	return head, nil
}

// consider takes the head at a place if it is valid and newer.
func consider(f *os.File, at uint64, head *fileHead) bool {
	var buf [headBytes]byte
	if _, err := f.ReadAt(buf[:], int64(at)); err != nil {
		return false
	}
	body := buf[pageHead:]
	sum := fnv.New64a()
	_, _ = sum.Write(body[:headSum])
	if sum.Sum64() != binary.NativeEndian.Uint64(body[headSum:]) {
		return false
	}
	if tx := binary.NativeEndian.Uint64(body[headTx:]); tx >= head.tx {
		*head = fileHead{
			pageSize: uint64(binary.NativeEndian.Uint32(body[headSize:])),
			root:     binary.NativeEndian.Uint64(body[headRoot:]),
			list:     binary.NativeEndian.Uint64(body[headList:]),
			pages:    binary.NativeEndian.Uint64(body[headPages:]),
			tx:       tx,
		}
	}
	return true
}

// listHead gives the number of entries of the list, and how many it has room
// for.
func (h fileHead) listHead(f *os.File) (count, room uint64, err error) {
	var buf [pageHead + idBytes]byte
	if _, err := f.ReadAt(buf[:], int64(h.list*h.pageSize)); err != nil {
		return 0, 0, errList
	}
	id := binary.NativeEndian.Uint64(buf[:])
	overflow := uint64(binary.NativeEndian.Uint32(buf[12:]))
	if id != h.list || binary.NativeEndian.Uint16(buf[8:]) != listFlag || id+overflow >= h.pages {
		return 0, 0, errList
	}
	room = ((overflow+1)*h.pageSize - pageHead) / idBytes
	if count = uint64(binary.NativeEndian.Uint16(buf[10:])); count == longList {
		count = binary.NativeEndian.Uint64(buf[pageHead:])
		room--
	}
	if count > room {
		return 0, 0, errList
	}
	return count, room, nil
}

// checkList looks at the whole list: its entries must be pages of the file, in
// their order. Another process may be at work in the file, so the head must be
// the same before and after.
func checkList(f *os.File) error {
	head, err := readHead(f, 0)
	for err == nil {
		listErr := head.check(f)
		before := head
		if head, err = readHead(f, before.pageSize); err == nil && head == before {
			return listErr
		}
	}
	return err
}

func (h fileHead) check(f *os.File) error {
	_, err := h.freePages(f)
	return err
}

// freePages reads the list.
func (h fileHead) freePages(f *os.File) (free []uint64, err error) {
	count, _, err := h.listHead(f)
	if err != nil {
		return nil, err
	}
	at := h.list*h.pageSize + pageHead
	if count >= longList {
		at += idBytes
	}
	ids := make([]byte, count*idBytes)
	if _, err := io.ReadFull(io.NewSectionReader(f, int64(at), int64(len(ids))), ids); err != nil {
		return nil, errList
	}
	free = make([]uint64, 0, count)
	last := uint64(1)
	for ; len(ids) > 0; ids = ids[idBytes:] {
		id := binary.NativeEndian.Uint64(ids)
		if id <= last || id >= h.pages || id == h.list {
			return nil, errList
		}
		last = id
		free = append(free, id)
	}
	return free, nil
}

// checkListHead looks at what the next commit of an open file relies on.
func checkListHead(f *os.File, pageSize int) error {
	head, err := readHead(f, uint64(pageSize))
	if err == nil {
		_, _, err = head.listHead(f)
	}
	return err
}
