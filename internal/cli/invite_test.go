package cli

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	faketelegram "mrzbot/sandbox/telegram"
	"mrzbot/storage"
)

// startCode gives the code of the newest link that somebody sees.
func (b *bench) startCode(p faketelegram.Person) string {
	b.t.Helper()
	for _, m := range slices.Backward(b.telegram.Messages(p.ID)) {
		if link := startLink.FindStringSubmatch(m.Text); link != nil {
			return link[1]
		}
	}
	b.t.Fatal("no link was sent")
	return ""
}

// guest is the n-th of many strangers.
func guest(n int) faketelegram.Person {
	return faketelegram.Person{ID: int64(3000 + n), FirstName: fmt.Sprint("Guest ", n), LanguageCode: "en"}
}

// TestInviteForMany: a link that many open at once lets in as many as it is for,
// whatever works their updates. Its code is neither in the log nor in the store.
func TestInviteForMany(t *testing.T) {
	for name, replicas := range map[string]int{"file": 1, "database": 2} {
		t.Run(name, func(t *testing.T) {
			const places, guests = 4, 16
			b := reading(t, nil)
			if name == "database" {
				_, b.environ["STORAGE_URL"] = newDatabase(t)
			}
			b.telegram.Say(gulnara, fmt.Sprintf("/invite %d 1", places))
			var all []*process
			for range replicas {
				all = append(all, b.startProcess())
			}
			b.answered(gulnara, "Whoever opens this link")
			code := b.startCode(gulnara)
			for n := range guests {
				b.telegram.Say(guest(n), "/start "+code)
			}
			in, out := 0, 0
			b.until("everybody has an answer", func() bool {
				in, out = 0, 0
				for n := range guests {
					in += b.saying(guest(n), "You are let in")
					out += b.saying(guest(n), "This link is used up")
				}
				return in+out == guests
			})
			require.Equal(t, places, in)
			for _, p := range all {
				b.until("it hears signals", func() bool { return p.log.String() != "" })
				p.finish()
				require.NotContains(t, p.log.String(), code)
			}
			store := b.lookInto()
			people, err := store.ListPeople(t.Context(), 0, guests)
			require.NoError(t, err)
			require.Len(t, people, places)
			require.Equal(t, gulnara.ID, people[0].By)
			used := 0
			entries, err := store.AuditEntries(t.Context(), 0, 100)
			require.NoError(t, err)
			for _, e := range entries {
				require.NotContains(t, e.Detail, code)
				if e.Action == "invite_used" {
					require.Equal(t, gulnara.ID, e.By)
					used++
				}
			}
			require.Equal(t, places, used)
			require.NoError(t, store.Close())
			if name == "file" {
				require.False(t, bytes.Contains(b.storeBytes(), []byte(code)))
			}
		})
	}
}

// stored lets somebody in as a stored admin or agent, or shuts them out.
func (b *bench) stored(p faketelegram.Person, role storage.Role) {
	b.t.Helper()
	_, err := b.run.store.ChangePerson(b.t.Context(), p.ID, func(kept *storage.Person) error {
		kept.Role, kept.Name, kept.Added = role, p.FirstName, b.clock.now()
		return nil
	})
	require.NoError(b.t, err)
}

// TestInviteOfFormerAdmin: what somebody made as an admin lets nobody in when they are
// none any more, and their old buttons do nothing. Nobody becomes an admin by a link.
func TestInviteOfFormerAdmin(t *testing.T) {
	b := reading(t, nil)
	nurlan := faketelegram.Person{ID: 1002, FirstName: "Nurlan", LanguageCode: "en"}
	for _, p := range []faketelegram.Person{gulnara, nurlan} {
		b.telegram.Acquaint(p)
	}
	b.start()
	b.stored(nurlan, storage.RoleAdmin)
	b.telegram.Say(nurlan, "/invite 9 9")
	b.answered(nurlan, "Whoever opens this link")
	code := b.startCode(nurlan)
	b.telegram.Say(nurlan, "/allow")
	b.answered(nurlan, "Whom shall I let in?")
	b.telegram.Say(nurlan, "Hello", faketelegram.ForwardedFrom(guest(1)))
	b.answered(nurlan, "Let this person in?")
	b.telegram.Say(guest(2), "/start")
	b.answered(guest(2), "You have no access yet")
	b.pressed(guest(2), "Ask for access")
	b.answered(nurlan, "Somebody asks for access")
	b.quiet()

	// The store of another bot, or somebody's hand: the link says that it makes admins.
	invites, err := b.run.store.ListInvites(t.Context(), b.clock.now())
	require.NoError(t, err)
	require.Len(t, invites, 1)
	invites[0].Role = storage.RoleAdmin
	require.NoError(t, b.run.store.AddInvite(t.Context(), invites[0]))
	b.telegram.Say(guest(3), "/start "+code)
	b.answered(guest(3), "You are let in")
	p, err := b.run.store.Person(t.Context(), guest(3).ID)
	require.NoError(t, err)
	require.Equal(t, storage.RoleAgent, p.Role)

	b.stored(nurlan, storage.RoleAgent)
	for _, m := range b.telegram.Messages(nurlan.ID) {
		for _, row := range m.Buttons {
			for _, button := range row {
				if button.Data != "" {
					_, err := b.telegram.Press(nurlan, m.ID, button.Data)
					require.NoError(t, err)
				}
			}
		}
	}
	require.NotZero(t, b.telegram.ShareUsers(nurlan, 1, guest(4)))
	b.quiet()
	keys, _ := b.telegram.Keyboard(nurlan.ID)
	require.Empty(t, keys, "the key is of no use to them")
	b.telegram.Say(guest(5), "/start "+code)
	b.answered(guest(5), "This link is used up")
	b.quiet()
	for n := range 6 {
		p, err := b.run.store.Person(t.Context(), guest(n).ID)
		require.NoError(t, err)
		require.Equal(t, n == 3, p.Role != storage.RoleNone, n)
	}
	b.pressed(gulnara, "✅ Allow") // the request waits all the same
	b.answered(guest(2), "You are let in")
}

// TestInviteAfterCrash: who has used a place when the program died is let in by the same
// one; who was shut out meanwhile is not.
func TestInviteAfterCrash(t *testing.T) {
	b := reading(t, nil)
	b.telegram.Acquaint(gulnara)
	b.start()
	b.telegram.Say(gulnara, "/invite 2 1")
	b.answered(gulnara, "Whoever opens this link")
	code := b.startCode(gulnara)
	invites, err := b.run.store.ListInvites(t.Context(), b.clock.now())
	require.NoError(t, err)
	for n := range 2 {
		_, err = b.run.store.UseInvite(t.Context(), invites[0].Hash, guest(n).ID, b.clock.now())
		require.NoError(t, err)
	}
	b.telegram.Say(guest(0), "/start "+code)
	b.answered(guest(0), "You are let in")
	_, err = b.run.store.ChangePerson(t.Context(), guest(1).ID, func(p *storage.Person) error {
		p.ShutOut = b.clock.now()
		return nil
	})
	require.NoError(t, err)
	b.telegram.Say(guest(1), "/start "+code)
	b.answered(guest(1), "Your access is closed")
	b.telegram.Say(guest(2), "/start "+code)
	b.answered(guest(2), "This link is used up")
	b.quiet()

	// A stranger is heard ten times an hour, whatever they try.
	for range 30 {
		b.telegram.Say(guest(2), "/start "+strings.Repeat("A", 22))
	}
	b.quiet()
	require.LessOrEqual(t, b.saying(guest(2), "This link is used up"), 10)
	b.forward(time.Hour)
	require.NotContains(t, b.log.String(), code)
}
