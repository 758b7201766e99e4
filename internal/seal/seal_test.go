package seal

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

const (
	token  = "1234567:AAcanaryTokenCanaryTokenCanaryToken"
	canary = "IDKGZAN1234567<CANARY<<<<<<<<<"
)

func newBox(t *testing.T, token string) *Box {
	t.Helper()
	box, err := New(token, rand.Reader)
	require.NoError(t, err)
	return box
}

func TestRoundTrip(t *testing.T) {
	box := newBox(t, token)
	for name, plain := range map[string][]byte{
		"text":  []byte(canary),
		"empty": {},
		"large": bytes.Repeat([]byte(canary), 4096),
	} {
		t.Run(name, func(t *testing.T) {
			sealed := box.Seal("update:7", "answer", plain)
			require.Len(t, sealed, 1+12+len(plain)+16)

			// A box of the same token made after a restart opens it too.
			got, err := newBox(t, token).Open("update:7", "answer", sealed)
			require.NoError(t, err)
			require.True(t, bytes.Equal(plain, got))
		})
	}
}

func TestStaysShut(t *testing.T) {
	box := newBox(t, token)
	sealed := box.Seal("update:7", "answer", []byte(canary))

	tests := map[string]struct {
		box           *Box
		task, purpose string
	}{
		"another token":         {newBox(t, token+"x"), "update:7", "answer"},
		"another task":          {box, "update:8", "answer"},
		"another purpose":       {box, "update:7", "update"},
		"no names":              {box, "", ""},
		"letters moved over":    {box, "update:7a", "nswer"},
		"all in the first name": {box, "update:7answer", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			plain, err := test.box.Open(test.task, test.purpose, sealed)
			require.ErrorIs(t, err, ErrShut)
			require.Nil(t, plain)
			require.NotContains(t, err.Error(), "CANARY")
			require.NotContains(t, err.Error(), token)
		})
	}
}

func TestDamaged(t *testing.T) {
	box := newBox(t, token)
	sealed := box.Seal("t", "p", []byte(canary))

	for length := range sealed {
		_, err := box.Open("t", "p", sealed[:length])
		require.ErrorIs(t, err, ErrShut, "cut to %d bytes", length)
	}
	for at := range sealed {
		damaged := bytes.Clone(sealed)
		damaged[at] ^= 1
		_, err := box.Open("t", "p", damaged)
		require.ErrorIs(t, err, ErrShut, "byte %d turned", at)
	}
	_, err := box.Open("t", "p", append(bytes.Clone(sealed), 0))
	require.ErrorIs(t, err, ErrShut)
}

func TestNothingShows(t *testing.T) {
	sealed := newBox(t, token).Seal("update:7", "answer", []byte(canary))
	for _, secret := range []string{canary, "CANARY", token, "update:7", "answer"} {
		require.False(t, bytes.Contains(sealed, []byte(secret)), secret)
	}
}

func TestNoNonceTwice(t *testing.T) {
	box := newBox(t, token)
	first := box.Seal("t", "p", []byte(canary))
	second := box.Seal("t", "p", []byte(canary))
	require.NotEqual(t, first[1:headerSize], second[1:headerSize])
	require.NotEqual(t, first[headerSize:], second[headerSize:])
}

// The form is what older seals in a store depend on.
func TestFormIsStable(t *testing.T) {
	box, err := New(token, strings.NewReader("twelve bytes"))
	require.NoError(t, err)
	sealed := box.Seal("t", "p", []byte(canary))
	require.Equal(t, byte(1), sealed[0])
	require.Equal(t, "twelve bytes", string(sealed[1:13]))
	require.Equal(t, "8346516f2eb32e8de36d47bfd02ad647b2013e19dfc5605f3ee2ec7e6c0ca6ac698d123d0cac77be55af039bc1f3", hex.EncodeToString(sealed[headerSize:]))
}

func TestConcurrentUse(t *testing.T) {
	box := newBox(t, token)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 100 {
				sealed := box.Seal("t", "p", []byte(canary))
				plain, err := box.Open("t", "p", sealed)
				if err != nil || string(plain) != canary {
					t.Errorf("opened %d bytes, error %v", len(plain), err)
				}
			}
		})
	}
	group.Wait()
}

func TestNoToken(t *testing.T) {
	_, err := New("", rand.Reader)
	require.Error(t, err)
}

func TestNoRandomness(t *testing.T) {
	box, err := New(token, iotest.ErrReader(errors.New("dry")))
	require.NoError(t, err)
	require.Panics(t, func() { box.Seal("t", "p", nil) })
}

func TestWebhookSecret(t *testing.T) {
	secret := WebhookSecret(token)
	require.Regexp(t, regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`), secret)
	require.Equal(t, secret, WebhookSecret(token), "replicas agree")
	require.NotEqual(t, secret, WebhookSecret(token+"x"))
	require.NotContains(t, secret, "canary")

	key, err := derive(token, sealLabel)
	require.NoError(t, err)
	webhook, err := derive(token, webhookLabel)
	require.NoError(t, err)
	require.NotEqual(t, key, webhook, "one secret says nothing of the other")
}

func BenchmarkSeal(b *testing.B) {
	box, err := New(token, rand.Reader)
	require.NoError(b, err)
	plain := bytes.Repeat([]byte("x"), 1024)
	b.ReportAllocs()
	for b.Loop() {
		box.Seal("update:123456789", "answer", plain)
	}
}
