package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/bot"
	"mrzbot/internal/config"
	faketelegram "mrzbot/sandbox/telegram"
	"mrzbot/storage"
	"mrzbot/telegram"
)

// FuzzUpdate brings anything through the door and has it answered by the whole
// program, but for the queue, which would catch a panic. It is read by the
// local reader: nothing but Telegram's stand-in is on the other side.
func FuzzUpdate(f *testing.F) {
	tg, err := faketelegram.New(faketelegram.Config{Token: testToken})
	require.NoError(f, err)
	f.Cleanup(tg.Close)
	server := httptest.NewServer(tg)
	f.Cleanup(server.Close)
	cfg, err := config.Load(map[string]string{
		"TELEGRAM_BOT_TOKEN": testToken, "TELEGRAM_API_URL": server.URL, "ADMIN_IDS": "1001",
		"STORAGE_URL": "bolt:" + filepath.Join(f.TempDir(), "mrzbot.db"),
	}, nil)
	require.NoError(f, err)
	r, err := assemble(Process{Stderr: &safeBuffer{}, Now: time.Now}, cfg)
	require.NoError(f, err)
	f.Cleanup(func() { require.NoError(f, r.close()) })
	me, err := r.client.AwaitMe(f.Context())
	require.NoError(f, err)
	b, err := r.newBot(f.Context(), me)
	require.NoError(f, err)
	for _, raw := range everyUpdate(f, tg) {
		f.Add(raw)
	}
	number := 900_000_000
	f.Fuzz(func(t *testing.T, raw []byte) {
		number++ // an update that came before would not be looked at
		raw = numbered.ReplaceAll(raw, fmt.Appendf(nil, `"update_id":%d`, number))
		if err := r.door.Accept(t.Context(), raw); !errors.Is(err, telegram.ErrTooLarge) {
			require.NoError(t, err)
		}
		for answerAll(t, r, b) {
		}
	})
}

var numbered = regexp.MustCompile(`"update_id":\d+`)

// answerAll works what there is, with the last word for each as well, and
// reports whether there was anything.
func answerAll(t *testing.T, r *running, b *bot.Bot) bool {
	tasks, err := r.store.Claim(t.Context(), storage.Claim{
		Kinds: allKinds, Owner: "fuzz", Now: time.Now().Add(time.Hour), Lease: time.Hour, Max: 10,
	})
	require.NoError(t, err)
	for _, task := range tasks {
		b.Handle(t.Context(), task)
		b.Broken(t.Context(), task)
		require.NoError(t, r.store.Done(t.Context(), task))
	}
	return len(tasks) > 0
}

// everyUpdate is an update of each kind that people cause.
func everyUpdate(f *testing.F, tg *faketelegram.Server) [][]byte {
	group := faketelegram.Group{ID: -100, Title: "A group"}
	var picture bytes.Buffer
	require.NoError(f, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))))
	for _, p := range []faketelegram.Person{gulnara, {ID: 5, FirstName: "A stranger"}} {
		text := tg.Say(p, "/start")
		for _, verb := range []string{"help", "me", "allow", "limit", "reset", "users", "revoke", "unheard_of"} {
			tg.Say(p, "/"+verb+" 5001 7")
		}
		tg.Say(p, strings.Join(card, "\n"))
		tg.Edit(p, text, "/help")
		tg.Say(p, "/allow", faketelegram.ReplyTo(tg.SendContact(p, faketelegram.Person{ID: 5002, FirstName: "X"})))
		tg.Say(p, "/allow", faketelegram.ReplyTo(tg.Say(p, "hi", faketelegram.ForwardedFrom(faketelegram.Person{ID: 5003, FirstName: "Y"}))))
		tg.Say(p, "hi", faketelegram.ForwardedHidden("Nobody"))
		tg.ShareUsers(p, 1, faketelegram.Person{ID: 5004, FirstName: "Z"})
		for _, kind := range []string{"sticker", "video", "video_note", "animation", "voice", "audio", "location"} {
			tg.SendOther(p, kind)
		}
		_, err := tg.SendPhoto(p, picture.Bytes(), "a caption", faketelegram.Unchanged(), faketelegram.InAlbum("7"))
		require.NoError(f, err)
		tg.SendDocument(p, "card.png", "image/png", picture.Bytes(), "a caption")
		tg.SendDocument(p, "card.pdf", "application/pdf", []byte("%PDF-1.7"), "")
		for _, data := range []string{"users:", "again:update:528640001", "cancel", "ask", "allow:5001", "deny:5001", "allow:update:1@update:2", "let:update:1", "leave:", "invite:9:9", "invite:", "uninvite:x", "pick"} {
			tg.PressForgotten(p, text, data)
		}
		tg.AddBot(p, group)
		tg.Say(p, "/start", faketelegram.In(group))
		tg.Block(p)
		tg.Unblock(p)
	}
	w := httptest.NewRecorder()
	ask := httptest.NewRequest("POST", "/bot"+testToken+"/getUpdates", bytes.NewReader([]byte(`{"limit":100}`)))
	ask.Header.Set("Content-Type", "application/json")
	tg.ServeHTTP(w, ask)
	var got struct{ Result []json.RawMessage }
	require.NoError(f, json.Unmarshal(w.Body.Bytes(), &got))
	require.Greater(f, len(got.Result), 40)
	var all [][]byte
	for _, raw := range got.Result {
		all = append(all, raw)
	}
	return all
}
