package sandbox

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSwitchesSayWhatIsSeen(t *testing.T) {
	s := newSwitches(newTelegram(t, TelegramConfig{}), newMRZ(t, nil))
	answers, others := s.list()
	names := map[string]bool{}
	for _, w := range append(answers, others...) {
		require.NotEmpty(t, w.Group, w.Name)
		require.NotEmpty(t, w.Label, w.Name)
		require.NotEmpty(t, w.Seen, w.Name)
		require.False(t, names[w.Name], "%s stands there twice", w.Name)
		names[w.Name] = true
	}
	for _, w := range answers {
		_, known := MRZAnswerNamed(w.Name)
		require.True(t, known, w.Name)
		require.True(t, s.choose(w.Name), w.Name)
	}
	for _, w := range others {
		require.True(t, s.set(w.Name, true), w.Name)
	}
	_, others = s.list()
	for _, w := range others {
		require.True(t, w.On, w.Name)
	}
	s.mend()
	answers, others = s.list()
	require.True(t, answers[0].On)
	for _, w := range others {
		require.False(t, w.On, w.Name)
	}
	require.False(t, s.choose("wise"))
	require.False(t, s.set("gravity", true))
	require.Empty(t, s.telegram.faults, "what was switched off is gone")
}

// TestSwitchThatIsSpent: a fault that happens once is off by itself, and can
// be switched on again.
func TestSwitchThatIsSpent(t *testing.T) {
	tg := newTelegram(t, TelegramConfig{})
	s := newSwitches(tg, newMRZ(t, nil))
	on := func() bool {
		_, others := s.list()
		for _, w := range others {
			if w.Name == "lost" {
				return w.On
			}
		}
		return false
	}
	for range 2 {
		require.True(t, s.set("lost", true))
		require.True(t, on())
		tg.takeFault(&Call{Method: "sendMessage"})
		require.False(t, on())
	}
}
