package reader

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
)

// crowd enters a room and notes in which order it is let in.
type crowd struct {
	ctx   context.Context
	room  *room
	mu    sync.Mutex
	order []int64
	leave map[int64][]func()
}

// come makes somebody wait for room; the test goes on when nothing moves.
func (c *crowd) come(ctx context.Context, person, need int64) {
	go func() {
		leave, err := c.room.enter(ctx, person, need)
		if err != nil {
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.order = append(c.order, person)
		c.leave[person] = append(c.leave[person], leave)
	}()
	synctest.Wait()
}

// goes lets the first of a person's go.
func (c *crowd) goes(person int64) {
	c.mu.Lock()
	leave := c.leave[person][0]
	c.leave[person] = c.leave[person][1:]
	c.mu.Unlock()
	leave()
	synctest.Wait()
}

func inRoom(t *testing.T, memory int64, places int, test func(*crowd)) {
	synctest.Test(t, func(t *testing.T) {
		c := &crowd{ctx: t.Context(), room: newRoom(memory, places), leave: map[int64][]func(){}}
		test(c)
		for len(c.room.people) > 0 {
			for person := range c.room.people {
				c.goes(person)
				break
			}
		}
		require.Equal(t, share{}, c.room.used, "all was given back")
		require.Empty(t, c.room.waiting)
		require.Empty(t, c.room.turns)
	})
}

// TestRoomTakesTurns: one person's sixty pictures hold up another's by those that
// are at work, and others that come later by no more.
func TestRoomTakesTurns(t *testing.T) {
	const bomber, aibek, gulnara = 1, 2, 3
	for places, first := range map[int][]int64{
		1: {bomber, aibek, gulnara, bomber, aibek, bomber, bomber},
		2: {bomber, aibek, gulnara, bomber, aibek, bomber, bomber},
		4: {bomber, bomber, aibek, gulnara, bomber, aibek, bomber},
	} {
		inRoom(t, 100, places, func(c *crowd) {
			for range 60 {
				c.come(c.ctx, bomber, 10)
			}
			c.come(c.ctx, aibek, 10)
			c.come(c.ctx, gulnara, 10)
			c.come(c.ctx, aibek, 10)
			for done := 0; done < len(first); done++ {
				require.Greater(t, len(c.order), done)
				c.goes(c.order[done])
			}
			require.Equal(t, first, c.order[:len(first)], "%d places", places)
		})
	}
}

// TestRoomIsSharedByMemory: nobody takes more than half of the memory beside
// others' pictures, one large picture may take all, and it is not passed by
// smaller ones for ever.
func TestRoomIsSharedByMemory(t *testing.T) {
	inRoom(t, 100, 8, func(c *crowd) {
		c.come(c.ctx, 1, 40)
		c.come(c.ctx, 1, 40) // would be more than half
		require.Equal(t, []int64{1}, c.order)
		c.come(c.ctx, 2, 100) // waits for all of it
		c.come(c.ctx, 3, 10)  // would fit, and has to wait its turn
		require.Equal(t, []int64{1}, c.order)
		c.goes(1)
		require.Equal(t, []int64{1, 2}, c.order)
		c.goes(2)
		require.ElementsMatch(t, []int64{1, 2, 3, 1}, c.order, "both fit")
	})
	require.True(t, newRoom(100, 1).fits(100))
	require.False(t, newRoom(100, 1).fits(101))
}

// TestRoomIsGivenUp: who no longer waits holds up nobody.
func TestRoomIsGivenUp(t *testing.T) {
	inRoom(t, 100, 2, func(c *crowd) {
		ctx, stop := context.WithCancel(c.ctx)
		c.come(c.ctx, 1, 60)
		c.come(ctx, 2, 100)
		c.come(ctx, 2, 10)
		c.come(c.ctx, 3, 10)
		require.Equal(t, []int64{1}, c.order)
		stop()
		synctest.Wait()
		require.Equal(t, []int64{1, 3}, c.order)
	})
}
