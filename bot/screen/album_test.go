package screen

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/outcome"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// TestAlbum: how far each picture is, and in the end each reason once.
func TestAlbum(t *testing.T) {
	catalog, err := text.New()
	require.NoError(t, err)
	front := AlbumPicture{State: PictureRefused, Code: outcome.NoMRZ, Detail: outcome.DetailFront}
	a := Album{Localizer: catalog.Localizer("en"), Limit: 50, Pictures: []AlbumPicture{
		front, {State: PictureRead, Alike: true}, {State: PictureReading}, {State: PictureWaiting}, {State: PictureLook}, {State: PictureAsked},
	}}
	require.Equal(t, `4 of 6 photos done
1 ❌ not read
2 ✅ read
3 🔎 reading
4 ⏳ in line
5 ⚠️ read, look at it
6 ❓ see the answer`, a.Message().Text)
	a.Count = storage.Count{Settled: 7}
	// Refused before a call, or after it: the same reason is the same line.
	a.Pictures[2] = AlbumPicture{State: PictureRefused, Code: outcome.Unreadable, Detail: outcome.DetailFront}
	a.Pictures[3] = AlbumPicture{State: PictureRefused, Code: outcome.LimitReached}
	require.Equal(t, `2 of 6 photos read · 7 of 50 today
⚠️ 5: look at what the answer says first.
❓ 6: press the button under the answer.
❌ 1, 3: front side. Turn it over.
❌ 4: Today's attempts are used up (50 of 50). Tomorrow there are new ones; an admin can give you more.
Names: compare with the cards.`, a.Message().Text)
}

// TestAlbumOffers: what was stopped has buttons, up to four, each in a row of its own,
// which it keeps; when all were pressed they go.
func TestAlbumOffers(t *testing.T) {
	catalog, err := text.New()
	require.NoError(t, err)
	stopped := func(i int) AlbumPicture {
		return AlbumPicture{State: PictureRefused, Code: outcome.Glare, Detail: outcome.DetailLine2, Offer: "update:" + strconv.Itoa(i)}
	}
	a := Album{Localizer: catalog.Localizer("ru"), Send: "again:", Pictures: []AlbumPicture{{State: PictureRead}}}
	buttons := func() (all [][2]string) {
		for _, row := range a.offerRows() {
			require.Len(t, row, 1)
			all = append(all, [2]string{row[0].Text, row[0].CallbackData})
		}
		return all
	}
	require.Empty(t, buttons())
	for i := range 4 {
		a.Pictures = append(a.Pictures, stopped(i+1))
	}
	a.Pictures[1].State = PictureAgain
	a.Pictures[2].Code = outcome.Unreadable // that of a call
	a.Pictures[4].State = PictureLook
	require.Equal(t, [][2]string{
		{"🔎 Фото 2", "again:update:1"}, {"❌ Фото 3", "again:update:2"}, {"Всё равно отправить фото 4", "again:update:3"}, {"⚠️ Фото 5", "again:update:4"},
	}, buttons())
	a.Pictures = append(a.Pictures, AlbumPicture{State: PictureReading})
	require.Nil(t, a.Message().Markup, "not before all are read")
	a.Pictures[5] = stopped(5)
	require.Empty(t, buttons(), "too many")
	require.Contains(t, a.Message().Text, "пришлите его отдельно")
	a.Pictures = a.Pictures[:5]
	a.Pictures[3].State = PictureAsked
	require.Len(t, buttons(), 4, "the first is being read")
	a.Pictures[1].State = PictureRead
	require.Empty(t, buttons())
	require.NotContains(t, a.Message().Text, "пришлите его отдельно")
}

func TestRanges(t *testing.T) {
	for want, numbers := range map[string][]int{
		"": nil, "4": {4}, "1, 2": {1, 2}, "1–3": {1, 2, 3}, "1–3, 5": {1, 2, 3, 5}, "2, 4, 5, 7–10": {2, 4, 5, 7, 8, 9, 10},
	} {
		require.Equal(t, want, ranges(numbers))
	}
}
