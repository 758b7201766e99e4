package cli

import (
	"bytes"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	fakemrz "mrzbot/sandbox/mrz"
	faketelegram "mrzbot/sandbox/telegram"
	"mrzbot/storage"
)

// Photos that flow from Telegram into the service's request, and what can
// break on the way.

// fileServer answers a download with what Telegram would have sent.
type fileServer func(w http.ResponseWriter, r *http.Request, data []byte)

// streaming is a bench whose photos are not judged, so that they are passed on,
// and whose downloads a test answers; try counts from 1.
func streaming(t *testing.T, settings map[string]string, serve func(try int) fileServer) *bench {
	all := map[string]string{"PREFLIGHT": "off"}
	for name, value := range settings {
		all[name] = value
	}
	b := reading(t, all)
	var tries atomic.Int32
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/file/") {
			b.telegram.ServeHTTP(w, r)
			return
		}
		whole := httptest.NewRecorder()
		b.telegram.ServeHTTP(whole, r)
		serve(int(tries.Add(1)))(w, r, whole.Body.Bytes())
	}))
	t.Cleanup(front.Close)
	b.environ["TELEGRAM_API_URL"] = front.URL
	return b
}

// sendNoise sends a photo that is larger than what is looked at before it is
// passed on, and gives it as Telegram keeps it.
func (b *bench) sendNoise() []byte {
	b.t.Helper()
	return b.sendNoiseOf(gulnara)
}

func (b *bench) sendNoiseOf(p faketelegram.Person) []byte {
	b.t.Helper()
	img := image.NewGray(image.Rect(0, 0, 320, 200))
	random := rand.New(rand.NewPCG(1, 2))
	for i := range img.Pix {
		img.Pix[i] = byte(random.Uint32())
	}
	var data bytes.Buffer
	require.NoError(b.t, jpeg.Encode(&data, img, &jpeg.Options{Quality: 95}))
	require.Greater(b.t, data.Len(), 32<<10)
	id, err := b.telegram.SendPhoto(p, data.Bytes(), "")
	require.NoError(b.t, err)
	for _, m := range b.telegram.Messages(p.ID) {
		if m.ID == id {
			kept, ok := b.telegram.File(m.File.FileID)
			require.True(b.t, ok)
			return kept
		}
	}
	b.t.Fatal("no such message")
	return nil
}

// whole sends the file as it should be.
func whole(w http.ResponseWriter, _ *http.Request, data []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	_, _ = w.Write(data)
}

// half begins to send a file and gives its second half.
func half(w http.ResponseWriter, data []byte) (rest []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	_, _ = w.Write(data[:len(data)/2])
	_ = http.NewResponseController(w).Flush()
	return data[len(data)/2:]
}

// cut ends the connection in the middle of the file.
func cut(w http.ResponseWriter, _ *http.Request, data []byte) {
	half(w, data)
	panic(http.ErrAbortHandler)
}

// stall sends half of a file and then nothing.
func stall(w http.ResponseWriter, r *http.Request, data []byte) {
	half(w, data)
	<-r.Context().Done()
}

// used is how many attempts of the day the person has.
func (b *bench) used() storage.Count {
	b.t.Helper()
	day := storage.DayOf(b.clock.now(), b.run.cfg.Timezone.Location)
	count, err := b.run.store.Attempts(b.t.Context(), gulnara.ID, day)
	require.NoError(b.t, err)
	return count
}

// TestPhotoFlows: the service gets the photo's first bytes before Telegram has
// sent the last ones, and the attempt is reserved by then.
func TestPhotoFlows(t *testing.T) {
	var b *bench
	b = streaming(t, nil, func(int) fileServer {
		return func(w http.ResponseWriter, r *http.Request, data []byte) {
			rest := half(w, data)
			if err := b.mrz.Wait(r.Context(), func() bool { return b.mrz.Counts().Begun == 1 }); err != nil {
				t.Error("nothing was passed on:", err)
			}
			if count := b.used(); count.Reserved != 1 {
				t.Error("not reserved:", count)
			}
			_, _ = w.Write(rest)
		}
	})
	b.start()
	data := b.sendNoise()
	b.answered(gulnara, "1 of 50 today")
	require.True(t, bytes.Equal(data, b.mrz.LastPicture()))
	b.quiet()
	b.end()
	b.ledgerAgrees()
}

// TestFlowBreaks: a download that breaks on its way into the service's request
// was surely not processed. It is tried again, and paid for once.
func TestFlowBreaks(t *testing.T) {
	for name, serve := range map[string]fileServer{"cut": cut, "stalled": stall} {
		t.Run(name, func(t *testing.T) {
			b := streaming(t, map[string]string{"MRZ_TIMEOUT": "1s"}, func(try int) fileServer {
				if try == 1 {
					return serve
				}
				return whole
			})
			b.start()
			data := b.sendNoise()
			b.until("the photo waits", func() bool {
				work, err := b.run.store.Backlog(t.Context(), b.clock.now())
				require.NoError(t, err)
				return b.mrz.Counts().Begun == 1 && work.Waiting[storage.KindPhoto] == 1
			})
			require.Equal(t, storage.Count{Reserved: 1}, b.used(), "what waits keeps its reservation")
			require.Zero(t, b.mrz.Counts().Received)
			require.Empty(t, b.told(gulnara), "a hiccup is not worth a word")
			b.forward(time.Minute)
			b.answered(gulnara, "1 of 50 today")
			b.quiet()
			require.True(t, bytes.Equal(data, b.mrz.LastPicture()))
			require.Equal(t, storage.Count{Settled: 1}, b.used())
			b.end()
			b.ledgerAgrees()
		})
	}
}

// TestFlowNeverWhole: a download that breaks for as long as photos wait ends
// as what it is, is not counted, and leaves nothing reserved.
func TestFlowNeverWhole(t *testing.T) {
	b := streaming(t, map[string]string{"RETRY_FOR": "10s"}, func(int) fileServer { return cut })
	b.start()
	b.sendNoise()
	for range 5 {
		b.quiet() // each try is in time, the last one, too
		b.forward(3 * time.Second)
	}
	require.Equal(t, 1, b.saying(gulnara, "Not counted."))
	require.Zero(t, b.mrz.Counts().Received)
	require.Zero(t, b.used())
	b.end()
	totals := b.totals()
	require.Len(t, totals, 1)
	require.Equal(t, "download_failed", totals[0].Outcome)
	require.Equal(t, storage.ChargeNo, totals[0].Charge)
}

// TestNothingFlows: what is no picture, or too large, is refused before the
// service hears of it.
func TestNothingFlows(t *testing.T) {
	for name, c := range map[string]struct {
		file []byte
		says string
	}{
		"heic":     {[]byte("\x00\x00\x00\x18ftypheic" + strings.Repeat("x", 32<<10)), "HEIC"},
		"no image": {[]byte(strings.Repeat("%PDF", 8<<10)), "Not counted."},
		"empty":    {nil, "Not counted."},
		"large":    {bytes.Repeat([]byte("x"), 20<<20+1), "Not counted."},
	} {
		t.Run(name, func(t *testing.T) {
			b := streaming(t, nil, func(int) fileServer {
				return func(w http.ResponseWriter, r *http.Request, _ []byte) { whole(w, r, c.file) }
			})
			b.start()
			b.sendNoise()
			b.answered(gulnara, c.says)
			b.quiet()
			require.Zero(t, b.mrz.Counts().Begun)
			require.Zero(t, b.used())
		})
	}
}

// TestFlowOfUnknownSize: without a size that can be believed the photo is
// fetched whole first; the service never gets a request without a length.
func TestFlowOfUnknownSize(t *testing.T) {
	for name, serve := range map[string]fileServer{
		"not said": func(w http.ResponseWriter, _ *http.Request, data []byte) {
			_ = http.NewResponseController(w).Flush()
			_, _ = w.Write(data)
		},
		"longer than getFile says":  func(w http.ResponseWriter, r *http.Request, data []byte) { whole(w, r, append(data, 0)) },
		"shorter than getFile says": func(w http.ResponseWriter, r *http.Request, data []byte) { whole(w, r, data[:len(data)-1]) },
	} {
		t.Run(name, func(t *testing.T) {
			b := streaming(t, nil, func(int) fileServer { return serve })
			b.start()
			data := b.sendNoise()
			b.answered(gulnara, "1 of 50 today")
			n := min(len(data)-1, len(b.mrz.LastPicture()))
			require.True(t, bytes.Equal(data[:n], b.mrz.LastPicture()[:n]))
			require.InDelta(t, len(data), len(b.mrz.LastPicture()), 1)
		})
	}
}

// TestFlowIntoASlowService: a service that takes the photo and does not answer
// is what it was without streaming: unknown, and not called again.
func TestFlowIntoASlowService(t *testing.T) {
	b := streaming(t, map[string]string{"MRZ_TIMEOUT": "1s"}, func(int) fileServer { return whole })
	b.mrz.AnswerNext(answering(t, "slow"))
	b.mrz.Answer(fakemrz.Lines(card...))
	b.start()
	b.sendNoise()
	b.answered(gulnara, "no answer that I can use")
	b.quiet()
	require.Equal(t, 1, b.mrz.Counts().Begun)
	require.Equal(t, storage.Count{Settled: 1, Unanswered: 1}, b.used())
	b.end()
	b.ledgerAgrees()
}
