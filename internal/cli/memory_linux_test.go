package cli

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	faketelegram "mrzbot/sandbox/telegram"
)

// hostilePNG is a picture of one tone whose rows take many times its file.
func hostilePNG(t *testing.T, w, h int, interlaced byte, rows []byte) []byte {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(w)), uint32(h))
	head = append(head, 16, 6, 0, 0, interlaced) // red, green, blue and alpha of 16 bits
	out := []byte("\x89PNG\r\n\x1a\n")
	for _, c := range []struct {
		kind    string
		payload []byte
	}{{"IHDR", head}, {"IDAT", rows}, {"IEND", nil}} {
		out = binary.BigEndian.AppendUint32(out, uint32(len(c.payload)))
		body := len(out)
		out = append(append(out, c.kind...), c.payload...)
		out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[body:]))
	}
	return out
}

// hostileJPEG is the head of a progressive picture, and the beginning of a pass.
func hostileJPEG(w, h int) []byte {
	out := []byte{0xFF, 0xD8, 0xFF, 0xDB, 0, 67}
	out = append(out, bytes.Repeat([]byte{1}, 65)...)
	out[6] = 0
	out = append(out, 0xFF, 0xC2, 0, 17, 8, byte(h>>8), byte(h), byte(w>>8), byte(w), 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0)
	out = append(out, 0xFF, 0xC4, 0, 20, 0, 1)
	out = append(out, make([]byte, 16)...)
	out = append(out, 0xFF, 0xDA, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 0, 0)
	return append(out, make([]byte, 200_000)...)
}

func zeros(t *testing.T, n int) []byte {
	var b bytes.Buffer
	z, err := zlib.NewWriterLevel(&b, zlib.BestSpeed)
	require.NoError(t, err)
	block := make([]byte, 1<<20)
	for ; n > 0; n -= len(block) {
		_, err := z.Write(block)
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

// TestHostilePicturesKeepToTheirMemory: a dozen of them from one person (thirty with
// MRZBOT_TESTS=all) and some large files from another take no more than PICTURE_MEMORY
// and 150 MB, and a photo among them is read.
func TestHostilePicturesKeepToTheirMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	program := filepath.Join(t.TempDir(), "mrzbot")
	out, err := exec.Command("go", "build", "-o", program, "mrzbot").CombinedOutput()
	require.NoError(t, err, string(out))

	const budget, besides = 64_000_000, 150_000_000
	const large = 3
	most := 12
	if allTests() {
		most = 30
	}
	b := reading(t, map[string]string{
		"PREFLIGHT": "on", "PICTURE_MEMORY": fmt.Sprint(budget), "ADMIN_IDS": "1001,1002,1003", "DAILY_ATTEMPTS": "0", "LOG_LEVEL": "info",
	})
	rows := zeros(t, 30_000_000*8)
	noise := make([]byte, 19<<20) // an incompressible file of the largest kind
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	hostile := [][]byte{
		hostilePNG(t, 8160, 6120, 0, rows), // too long to decode
		hostilePNG(t, 6400, 5000, 0, rows),
		hostilePNG(t, 3000, 2000, 1, rows),
		hostilePNG(t, 1_000_000, 30, 0, rows),
		hostileJPEG(5000, 4000),
		hostileJPEG(1200, 900),
	}
	bomber, other := faketelegram.Person{ID: 1002, FirstName: "Bomber", LanguageCode: "en"}, faketelegram.Person{ID: 1003, FirstName: "Other", LanguageCode: "en"}
	for i := range most {
		b.telegram.SendDocument(bomber, "a.png", "image/png", append(bytes.Clone(hostile[i%len(hostile)]), byte(i)), "")
	}
	for i := range large {
		b.telegram.SendDocument(other, "a.jpg", "image/jpeg", append(append(hostileJPEG(1500, 1000), noise...), byte(i)), "")
	}
	photo := photoOf(t, "card") // drawn before the program starts on the others
	cmd := exec.Command(program, "serve")
	for name, value := range b.environ {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Dir, cmd.Stderr = t.TempDir(), b.log
	require.NoError(t, cmd.Start())
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()

	_, err = b.telegram.SendPhoto(gulnara, photo, "")
	require.NoError(t, err)
	defer func() {
		if t.Failed() {
			t.Log(b.log.String())
		}
	}()
	answers := func(p faketelegram.Person) int {
		n := 0
		for _, m := range b.telegram.Messages(p.ID) {
			if m.FromBot && m.ReplyTo != 0 {
				n++
			}
		}
		return n
	}
	require.Eventually(t, func() bool { return answers(gulnara) == 1 }, 3*time.Minute, 10*time.Millisecond)
	early := answers(bomber)
	b.answered(gulnara, "TESTOV")
	require.Less(t, early, most, "the photo was not read behind all of them")
	require.Eventually(t, func() bool { return answers(bomber) == most && answers(other) == large }, 3*time.Minute, 100*time.Millisecond)

	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
	require.NoError(t, err)
	peak, err := strconv.Atoi(string(regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)[1]))
	require.NoError(t, err)
	t.Logf("peak %d MB; %d of %d were answered before the photo", peak/1000, early, most)
	require.LessOrEqual(t, peak*1024, budget+besides)
}
