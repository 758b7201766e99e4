package storagetest

import (
	"errors"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

var peopleCases = []testCase{
	{"strangers are not kept", func(b *bench) {
		p, err := b.Person(b.ctx, 5)
		require.NoError(b, err)
		require.Equal(b, storage.Person{ID: 5}, p)
		b.people(math.MinInt64, 10)
	}},
	{"comes back as it was written", func(b *bench) {
		limit := 7
		want := storage.Person{
			ID: -12345, Name: "Айгүл Ö 😀", Role: storage.RoleAgent, Limit: &limit,
			Added: b.now, By: math.MaxInt64, Blocked: true, Language: "ky", Note: "a courier", ShutOut: b.now.Add(-time.Hour),
			Until: b.now.Add(time.Hour),
		}
		got, err := b.ChangePerson(b.ctx, want.ID, func(p *storage.Person) error {
			require.Equal(b, storage.Person{ID: want.ID}, *p)
			*p = want
			return nil
		})
		require.NoError(b, err)
		require.Equal(b, want, got)
		b.reopen()
		got, err = b.Person(b.ctx, want.ID)
		require.NoError(b, err)
		require.Equal(b, want, got)
	}},
	{"a change sees what is kept", func(b *bench) {
		b.let(5, "first", storage.RoleAgent)
		got, err := b.ChangePerson(b.ctx, 5, func(p *storage.Person) error {
			require.Equal(b, "first", p.Name)
			p.Blocked = true
			p.ID = 6
			return nil
		})
		require.NoError(b, err)
		require.Equal(b, int64(5), got.ID, "it cannot alter the ID")
		got, err = b.Person(b.ctx, 5)
		require.NoError(b, err)
		require.True(b, got.Blocked)
		other, err := b.Person(b.ctx, 6)
		require.NoError(b, err)
		require.Equal(b, storage.Person{ID: 6}, other)
	}},
	{"an error changes nothing", func(b *bench) {
		b.let(5, "first", storage.RoleAgent)
		mine := errors.New("mine")
		_, err := b.ChangePerson(b.ctx, 5, func(p *storage.Person) error {
			p.Name = "second"
			return mine
		})
		require.Same(b, mine, err)
		got, err := b.Person(b.ctx, 5)
		require.NoError(b, err)
		require.Equal(b, "first", got.Name)
	}},
	{"who has nothing is removed", func(b *bench) {
		zero := 0
		for name, change := range map[string]func(*storage.Person){
			"role":  func(p *storage.Person) { p.Role = storage.RoleAdmin },
			"name":  func(p *storage.Person) { p.Name = "x" },
			"limit": func(p *storage.Person) { p.Limit = &zero },
			"out":   func(p *storage.Person) { p.ShutOut = b.now },
		} {
			_, err := b.ChangePerson(b.ctx, 5, func(p *storage.Person) error { change(p); return nil })
			require.NoError(b, err)
			got, err := b.Person(b.ctx, 5)
			require.NoError(b, err)
			require.NotEqual(b, storage.Person{ID: 5}, got, name)
			got, err = b.ChangePerson(b.ctx, 5, func(p *storage.Person) error {
				*p = storage.Person{Added: b.now, By: 3, Blocked: true}
				return nil
			})
			require.NoError(b, err)
			require.Equal(b, storage.Person{ID: 5}, got)
			got, err = b.Person(b.ctx, 5)
			require.NoError(b, err)
			require.Equal(b, storage.Person{ID: 5}, got, name)
		}
		_, err := b.ChangePerson(b.ctx, 99, func(*storage.Person) error { return nil })
		require.NoError(b, err)
	}},
	{"names are cut", func(b *bench) {
		for _, c := range []string{"ж", "😀", "x"} {
			p := b.let(5, strings.Repeat(c, storage.MaxName+5), storage.RoleAgent)
			require.Equal(b, storage.MaxName, utf8.RuneCountInString(p.Name))
		}
		require.Equal(b, "ab", b.let(5, "a\xff\x00b", storage.RoleAgent).Name)
		require.Equal(b, strings.Repeat("y", storage.MaxName), b.let(5, strings.Repeat("y", storage.MaxName), storage.RoleAgent).Name)
	}},
	{"lists", func(b *bench) {
		ids := []int64{300, -7, 0, math.MaxInt64, 2, math.MinInt64 + 1, 10}
		for _, id := range ids {
			b.let(id, "n", storage.RoleAgent)
		}
		b.let(5, "no role", storage.RoleNone)
		b.let(3, "admin", storage.RoleAdmin)
		b.people(math.MinInt64, 100, math.MinInt64+1, -7, 0, 2, 3, 10, 300, math.MaxInt64)
		b.people(-7, 3, 0, 2, 3)
		b.people(-8, 1, -7)
		b.people(3, 100, 10, 300, math.MaxInt64)
		b.people(4, 100, 10, 300, math.MaxInt64)
		b.people(math.MaxInt64, 100)
		b.people(0, 0)
		b.people(0, -1)
	}},
	{"a role that cannot be stored", func(b *bench) {
		_, err := b.ChangePerson(b.ctx, 5, func(p *storage.Person) error { p.Role = "a\x00"; return nil })
		require.ErrorIs(b, err, storage.ErrInvalid)
	}},
}

// let gives a person a name and a role.
func (b *bench) let(id int64, name string, role storage.Role) storage.Person {
	b.Helper()
	_, err := b.ChangePerson(b.ctx, id, func(p *storage.Person) error {
		p.Name, p.Role, p.Added, p.By = name, role, b.now, 1
		return nil
	})
	require.NoError(b, err)
	p, err := b.Person(b.ctx, id)
	require.NoError(b, err)
	return p
}

// people checks a list.
func (b *bench) people(after int64, most int, ids ...int64) {
	b.Helper()
	people, err := b.ListPeople(b.ctx, after, most)
	require.NoError(b, err)
	var got []int64
	for _, p := range people {
		got = append(got, p.ID)
	}
	require.Equal(b, ids, got)
}
