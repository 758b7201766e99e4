package config

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSecretNeverPrints(t *testing.T) {
	const text = "canary-text"
	secret := NewSecret(text)
	inside := struct {
		Shown  Secret
		hidden Secret
		list   []Secret
	}{secret, secret, []Secret{secret}}

	var printed bytes.Buffer
	for _, verb := range "vTtbcdoOqxXUeEfFgGsp" {
		for _, flag := range []string{"", "+", "#", " ", "0", "-20", "20.5"} {
			format := "%" + flag + string(verb) + "\n"
			fmt.Fprintf(&printed, format, secret)
			fmt.Fprintf(&printed, format, &secret)
			fmt.Fprintf(&printed, format, inside)
			fmt.Fprintf(&printed, format, map[string]Secret{"k": secret})
		}
	}
	fmt.Fprintln(&printed, secret, secret.String(), secret.GoString(), fmt.Errorf("x: %v", secret))

	for _, handler := range []slog.Handler{slog.NewTextHandler(&printed, nil), slog.NewJSONHandler(&printed, nil)} {
		slog.New(handler).Info("message", "secret", secret, "inside", inside, "pointer", &secret)
	}
	asJSON, err := json.Marshal(inside)
	require.NoError(t, err)
	printed.Write(asJSON)
	asXML, err := xml.Marshal(secret)
	require.NoError(t, err)
	printed.Write(asXML)

	for _, form := range []string{text, fmt.Sprintf("%x", text), fmt.Sprintf("%X", text), "99 97 110"} {
		require.NotContains(t, printed.String(), form)
	}
	require.Contains(t, string(asJSON), `"Shown":"[hidden]"`)
	require.Equal(t, "[hidden]", fmt.Sprint(secret))
	require.Equal(t, text, secret.Reveal())
}

func TestEmptySecret(t *testing.T) {
	require.True(t, NewSecret("").Empty())
	require.True(t, Secret{}.Empty())
	require.False(t, NewSecret("x").Empty())
	require.Empty(t, Secret{}.Reveal())
	require.Equal(t, Secret{}, NewSecret(""))
}
