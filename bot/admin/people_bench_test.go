package admin

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-telegram/bot/models"
	"github.com/stretchr/testify/require"

	"mrzbot/bot/chat"
	"mrzbot/bot/people"
	"mrzbot/bot/reply"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
	"mrzbot/storage"
	"mrzbot/storage/bolt"
	"mrzbot/storage/postgres"
	"mrzbot/storage/postgres/pgtest"
)

// BenchmarkPeople is what an admin waits for with 5,000 people who have sent photos
// each day of two months: a page, a search, a card.
func BenchmarkPeople(b *testing.B) {
	b.Run("bolt", func(b *testing.B) {
		s, err := bolt.Open(filepath.Join(b.TempDir(), "store.db"), bolt.Options{})
		require.NoError(b, err)
		defer func() { require.NoError(b, s.Close()) }()
		benchPeople(b, s)
	})
	b.Run("postgres", func(b *testing.B) {
		server, err := pgtest.Start()
		if err != nil {
			b.Skip(err)
		}
		defer func() { require.NoError(b, server.Stop()) }()
		s, err := postgres.Open(b.Context(), server.URL("postgres"), postgres.Options{})
		require.NoError(b, err)
		defer func() { require.NoError(b, s.Close()) }()
		benchPeople(b, s)
	})
}

var benchNow = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

// fillPeople puts 5,000 people into a store, with the totals of 60 days.
func fillPeople(b *testing.B, s storage.Store) {
	first, last := []string{"Айбек", "Бермет", "Өмүрбек", "Гүлнара", "Нурлан", "Чолпон", "Жаңыл"}, []string{"Асанов", "Токтогулова", "Үсөнов", "Маматов", "Эргешова"}
	id := func(i int) int64 { return 512345678 + 7919*int64(i) }
	require.NoError(b, s.Load(b.Context(), func(yield func(storage.Record, error) bool) {
		for i := range 5000 {
			name := fmt.Sprintf("%s %s %d", first[i%7], last[i%5], i)
			if !yield(storage.Record{Person: &storage.Person{ID: id(i), Name: name, Role: storage.RoleAgent, Added: benchNow, By: 1}}, nil) {
				return
			}
		}
		for day := range 60 {
			for i := range 5000 {
				t := storage.DayTotal{Day: storage.DayOf(benchNow.AddDate(0, 0, day-59), time.UTC), Person: id(i), Outcome: "ok", Charge: storage.ChargeYes, Counted: true, Number: 50}
				if !yield(storage.Record{Day: &t}, nil) {
					return
				}
			}
		}
	}))
}

func benchPeople(b *testing.B, s storage.Store) {
	fillPeople(b, s)
	catalog, err := text.New()
	require.NoError(b, err)
	a := &Admin{Store: s, Now: func() time.Time { return benchNow }, TimeZone: time.UTC}
	a.People = &people.List{Store: s, Log: slog.New(slog.DiscardHandler), Now: a.Now, Admins: []int64{1}, DailyAttempts: 50}
	req := &reply.Request{Task: storage.Task{ID: "update:1", Person: 1}, From: models.User{ID: 1}, Localizer: catalog.Localizer("ru")}
	b.Run("page", func(b *testing.B) {
		for b.Loop() {
			found, _, err := a.page(b.Context(), req, screen.PlaceOf(250, ""))
			require.NoError(b, err)
			require.Len(b, found, 5001)
		}
	})
	b.Run("search", func(b *testing.B) {
		for b.Loop() {
			found, _, err := a.page(b.Context(), req, screen.PlaceOf(0, "усонов 42"))
			require.NoError(b, err)
			require.NotEmpty(b, found)
		}
	})
	b.Run("card", func(b *testing.B) {
		show := func(context.Context, chat.Message) (int, error) { return 5, nil }
		for b.Loop() {
			require.NoError(b, a.showCard(b.Context(), req, shown{Person: 512345678 + 7919*2500}, screen.CardShow, show))
		}
	})
}
