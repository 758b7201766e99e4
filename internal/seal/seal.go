// Package seal closes what personal data has to lie in the store for a while,
// so that the store's file alone shows nothing: AES-256-GCM under a key derived
// from the bot token, each seal bound to its task and purpose.
//
// It is not for keeping data from somebody who has the token too, and it hides
// neither the number nor the length of what is sealed.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
)

// ErrShut says that a seal stays shut: it was made under another token, for
// another task or purpose, or it was damaged. Which of these, nobody can tell.
var ErrShut = errors.New("seal: sealed under another token, for another task, or damaged")

// Labels keep the keys drawn from one token apart. Changing one shuts every
// seal, or changes every webhook secret, that was made with it.
const (
	sealLabel    = "mrzbot seal 1"
	webhookLabel = "mrzbot webhook secret 1"
)

const (
	// version is the first byte of a seal, so that another form can follow.
	version = 1
	// keySize chooses AES-256.
	keySize = 32
	// nonceSize is GCM's own. Random nonces of 96 bits are good for 2^32 seals
	// under one key (NIST SP 800-38D, 8.3), more than a bot makes in its life.
	nonceSize  = 12
	headerSize = 1 + nonceSize
)

// Box seals and opens. It is safe for concurrent use.
type Box struct {
	aead cipher.AEAD

	mu     sync.Mutex // a reader need not be safe for concurrent use
	random io.Reader
}

// New makes the box of a bot token. random gives the nonces: crypto/rand.Reader,
// or another source in tests.
func New(token string, random io.Reader) (*Box, error) {
	if token == "" {
		return nil, errors.New("seal: no token to draw the key from")
	}
	key, err := derive(token, sealLabel)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return &Box{aead: aead, random: random}, nil
}

// Seal closes plain for one task and one purpose. Like crypto/rand.Read it
// cannot go on without randomness: it panics when the source fails.
func (b *Box) Seal(task, purpose string, plain []byte) []byte {
	sealed := make([]byte, headerSize, headerSize+len(plain)+b.aead.Overhead())
	sealed[0] = version
	nonce := sealed[1:headerSize]
	b.fill(nonce)
	return b.aead.Seal(sealed, nonce, plain, binding(task, purpose))
}

// Open gives back what Seal closed for the same task and purpose; otherwise
// ErrShut.
func (b *Box) Open(task, purpose string, sealed []byte) ([]byte, error) {
	if len(sealed) < headerSize || sealed[0] != version {
		return nil, ErrShut
	}
	plain, err := b.aead.Open(nil, sealed[1:headerSize], sealed[headerSize:], binding(task, purpose))
	if err != nil {
		return nil, ErrShut
	}
	return plain, nil
}

// WebhookSecret derives from the bot token what Telegram sends with every
// update: 43 of A-Za-z0-9_-, as setWebhook's secret_token allows. Nothing needs
// to be stored, and all replicas agree. The token must not be empty.
func WebhookSecret(token string) string {
	key, err := derive(token, webhookLabel)
	if err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(key)
}

func (b *Box) fill(nonce []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, err := io.ReadFull(b.random, nonce); err != nil {
		panic(fmt.Errorf("seal: the source of randomness failed: %w", err))
	}
}

func derive(token, label string) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, []byte(token), nil, label, keySize)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return key, nil
}

// binding is the additional data. Each part has its length before it, so that
// no two pairs of names give the same bytes.
func binding(task, purpose string) []byte {
	data := make([]byte, 0, 1+8+len(task)+8+len(purpose))
	data = append(data, version)
	data = binary.BigEndian.AppendUint64(data, uint64(len(task)))
	data = append(data, task...)
	data = binary.BigEndian.AppendUint64(data, uint64(len(purpose)))
	return append(data, purpose...)
}
