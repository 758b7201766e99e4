package faketelegram

import (
	"crypto/sha256"
	"sync"
)

// mostSizes bounds the memory of Sizes: a picture's sizes are some 200 KB.
const mostSizes = 128

// Sizes remembers the sizes that were made of pictures: a bot that shows everybody the
// same picture has them made once. Servers may share one. The zero value is ready.
type Sizes struct {
	mu   sync.Mutex
	made map[[sha256.Size]byte][]photoSize
}

// of gives the sizes of a picture, which nobody changes.
func (s *Sizes) of(picture []byte) ([]photoSize, error) {
	key := sha256.Sum256(picture)
	s.mu.Lock()
	sizes, ok := s.made[key]
	s.mu.Unlock()
	if ok {
		return sizes, nil
	}
	sizes, err := makeSizes(picture)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.made == nil || len(s.made) >= mostSizes {
		s.made = map[[sha256.Size]byte][]photoSize{}
	}
	s.made[key] = sizes
	return sizes, nil
}
