package faults

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
	"mrzbot/storage/bolt"
)

// place is where one test keeps its store.
type place struct {
	url  string // for STORAGE_URL
	open func(t testing.TB) storage.Store
	// claimed is how long what a killed process was at stays its own.
	claimed time.Duration
}

// engine gives a new, empty place.
type engine func(t testing.TB) place

// engines are the stores that everything is played with.
func engines() map[string]engine {
	all := map[string]engine{"bolt": boltPlace}
	if os.Getenv(formVar) != "" {
		all["postgres"] = postgresPlace
	}
	return all
}

func boltPlace(t testing.TB) place {
	path := filepath.Join(t.TempDir(), "mrzbot.db")
	return place{url: "bolt:" + path, open: func(t testing.TB) storage.Store {
		s, err := bolt.Open(path, bolt.Options{})
		require.NoError(t, err)
		return s
	}}
}

// onEach plays a test with each engine.
func onEach(t *testing.T, play func(t *testing.T, e engine)) {
	t.Parallel()
	for name, e := range engines() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			play(t, e)
		})
	}
}
