package faults

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage/postgres/pgtest"
)

const (
	// side is how many replicas run side by side.
	side = 3
	// between is how many photos are answered between two blows: so that there
	// is always work in the hands of those that are hit.
	between = 30
	// slow is how long that may take: a lease, another's lead, a server's start,
	// on a machine that has other things to do.
	slow = 2 * time.Minute
)

// TestReplicas runs three replicas with one PostgreSQL behind one address, and
// kills any of them, the server, and the pooler between, under load. Afterwards
// all but one end, and the books have to be as those of a single program: each
// photo read once at most, and answered; counts and ledger right; nothing left.
func TestReplicas(t *testing.T) {
	several(t)
	t.Parallel()
	type way struct {
		by     how
		pooled bool
	}
	ways, blows := []way{{webhook, true}, {webhook, false}, {polling, false}, {polling, true}}, formOf(t).kills
	if blows < 10 {
		ways = ways[:1]
	}
	for _, w := range ways {
		name := string(w.by)
		if w.pooled {
			name += ", pooled"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newNetwork(t, w.pooled)
			c := newCrowd(newStage(t, func(t testing.TB) place { return placeBehind(t, n.server, n.url) }, w.by, nil), 13)
			for range side {
				c.up()
			}
			for blow := range blows {
				c.serve(between)
				if !n.strike(blow, c.feed) {
					c.strike()
					c.up() // a start in the middle of the next blow may end by itself
				}
			}
			c.serve(between)
			c.onlyOne()
			c.reckon(terms{doubles: true, atMost: slow})
			for i, p := range c.lives {
				require.False(t, p.crashed(), "life %d ended by itself: %v", i, p.err)
			}
		})
	}
}

// network is a PostgreSQL server of a test's own, perhaps with a pooler before
// it.
type network struct {
	t      testing.TB
	server *pgtest.Server
	pooler *pgtest.Pooler // nil: the program asks the server itself
}

func newNetwork(t testing.TB, pooled bool) *network {
	n := &network{t: t}
	var err error
	n.server, err = pgtest.Start("max_connections=100")
	if errors.Is(err, pgtest.ErrMissing) {
		t.Skip(err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, n.server.Stop()) })
	if !pooled {
		return n
	}
	n.pooler, err = n.server.Pooler()
	if errors.Is(err, pgtest.ErrPoolerMissing) {
		t.Skip(err)
	}
	require.NoError(t, err)
	t.Cleanup(n.pooler.Stop)
	return n
}

// url is where the program finds a database.
func (n *network) url(database string) string {
	if n.pooler != nil {
		return n.pooler.URL(database)
	}
	return n.server.URL(database)
}

// strike kills the server or the pooler, if it is their turn, and starts it
// again when something has happened meanwhile.
func (n *network) strike(blow int, meanwhile func()) (did bool) {
	switch {
	case blow%3 == 1:
		n.server.Kill()
		meanwhile()
		require.NoError(n.t, n.server.Up())
	case blow%3 == 2 && n.pooler != nil:
		n.pooler.Stop()
		meanwhile()
		require.NoError(n.t, n.pooler.Up())
	default:
		return false
	}
	return true
}

// serve keeps people busy until so many more photos are answered.
func (c *crowd) serve(n int) {
	c.t.Helper()
	limit := within(c.t, slow).Done()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for goal := c.answered() + n; c.answered() < goal; c.look() {
		c.feed()
		select {
		case <-c.replied:
		case <-look.C:
		case <-limit:
			c.t.Fatalf("%d of %d photos are answered, and it does not go on", c.answered(), goal)
		}
	}
}

// answered counts the photos that have a last word.
func (c *crowd) answered() int { return len(c.photos) - len(c.unanswered()) }

// running gives the lives that run.
func (s *stage) running() (some []*program) {
	for _, p := range s.lives {
		if !p.ended() {
			some = append(some, p)
		}
	}
	return some
}

// strike kills any of the replicas.
func (c *crowd) strike() {
	alive := c.running()
	c.strikeOne(alive[c.dice.IntN(len(alive))])
}

func (c *crowd) strikeOne(p *program) {
	if p.kill() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.kills++
	}
}

// onlyOne asks all replicas but one to end, and waits for that.
func (c *crowd) onlyOne() {
	c.t.Helper()
	for _, p := range c.running() {
		if p == c.life {
			continue
		}
		require.True(c.t, p.log.await(within(c.t, patience).Done(), func() bool { return p.log.started }))
		require.NoError(c.t, p.stop())
		select {
		case <-p.dead:
			require.NoError(c.t, p.err)
		case <-within(c.t, patience).Done():
			c.t.Fatal("a replica does not end")
		}
	}
}
