package storage

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestReadNote(t *testing.T) {
	at := time.Unix(1700000000, 0).UTC()
	for note, want := range map[string]Task{
		"service 1700000000":     {Waiting: Waiting{For: OutageService, Since: at}},
		"download 1700000000":    {Waiting: Waiting{For: OutageDownload, Since: at}},
		"55":                     {Reply: 55},
		"0":                      {},
		"55 update:123":          {Reply: 55, RepeatOf: "update:123"},
		"0 again:update:1":       {RepeatOf: "again:update:1"},
		"ask":                    {Request: true},
		"undecodable":            {},
		"":                       {},
		"service":                {},
		"service x":              {},
		"service 17 18":          {},
		"service -1":             {},
		"service 99999999999999": {},
		"other 17":               {},
		"-5":                     {},
		"99999999999":            {},
		"kept":                   {},
	} {
		var got Task
		got.ReadNote(note)
		require.Equal(t, want, got, note)
	}
}

func TestReadShutOut(t *testing.T) {
	id, at, ok := ReadShutOut("shut_out:20", []byte("1700000000123456"))
	require.True(t, ok)
	require.Equal(t, int64(20), id)
	require.Equal(t, time.UnixMicro(1700000000123456).UTC(), at)
	for key, value := range map[string]string{
		"shut_out:": "1", "shut_out:x": "1", "shut_out:20": "", "shut_out:21": "x", "shut_out:22": "9223372036854775807", "other:20": "1",
	} {
		_, _, ok := ReadShutOut(key, []byte(value))
		require.False(t, ok, key)
	}
}
