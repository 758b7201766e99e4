package config

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/joho/godotenv"
	"github.com/stretchr/testify/require"
)

const example = "../../.env.example"

func TestEnviron(t *testing.T) {
	require.Equal(t, map[string]string{"A": "1", "B": "", "C": "x=y"},
		Environ([]string{"A=1", "B=", "C=x=y", "=C:=C:\\", "odd"}))
}

func TestDotenv(t *testing.T) {
	environ := map[string]string{"A": "outside", "EMPTY": "", "MRZ_API_KEY_FILE": "/run/key", "STORAGE_URL": "bolt:x"}
	content := "\ufeffA=file\nB=file # remark\r\nexport C='with $ and #'\n\nEMPTY=file\nD=\"two\nlines\"\n" +
		"MRZ_API_KEY=file\nSTORAGE_URL_FILE=file\nWEBHOOK_SECRET_FILE=file"
	merged, err := Dotenv(".env", environ, files(map[string]string{".env": content}))
	require.NoError(t, err)
	require.Equal(t, map[string]string{
		"A": "outside", "B": "file", "C": "with $ and #", "D": "two\nlines", "EMPTY": "",
		"MRZ_API_KEY_FILE": "/run/key", "STORAGE_URL": "bolt:x", // what the environment gives keeps its twin out
		"WEBHOOK_SECRET_FILE": "file",
	}, merged)
	require.Len(t, environ, 4, "the argument stays as it was")

	merged, err = Dotenv(".env", nil, files(map[string]string{".env": "A=1"}))
	require.NoError(t, err)
	require.Equal(t, map[string]string{"A": "1"}, merged)
}

func TestDotenvAbsent(t *testing.T) {
	merged, err := Dotenv(".env", map[string]string{"A": "1"}, noFiles)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"A": "1"}, merged)
}

func TestDotenvProblems(t *testing.T) {
	tests := map[string]struct {
		content string
		want    string
	}{
		"no equals sign":          {"A=1\n\n# remark\nTOKEN canary\nB=2", "line 4 "},
		"no equals sign, no rest": {"A=1\nB=2\ncanary", "line 3 "},
		"quote never closed":      {"A=1\nB=\"two\nlines\"\nTOKEN='canary\nC=2\nD=3\n", "line 4 "},
		"bad name":                {"canary-TOKEN=canary\n", "line 1 "},
		"windows lines":           {"A=1\r\nB=2\r\ncanary!\r\n", "line 3 "},
		"another kind of file":    {"\x89PNG\r\n\x1a\ncanary", "line 1 "},
		"huge":                    {strings.Repeat("canary=1\n", 10000), "larger than 65536 bytes"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			merged, err := Dotenv("my.env", nil, files(map[string]string{"my.env": test.content}))
			require.Error(t, err)
			require.Nil(t, merged)
			require.Contains(t, err.Error(), "my.env")
			require.Contains(t, err.Error(), test.want)
			require.NotContains(t, err.Error(), "canary")
		})
	}

	broken := errors.New("disk on fire")
	_, err := Dotenv(".env", nil, func(string) ([]byte, error) { return nil, broken })
	require.ErrorIs(t, err, broken)
}

// .env.example and Config are held against each other, both ways.
func TestExample(t *testing.T) {
	content, err := os.ReadFile(example)
	require.NoError(t, err)
	values, err := godotenv.UnmarshalBytes(content)
	require.NoError(t, err)

	var order []string
	lines := strings.Split(string(content), "\n")
	for i, line := range lines {
		if name, _, found := strings.Cut(line, "="); found && !strings.HasPrefix(line, "#") {
			order = append(order, name)
			require.Greater(t, i, 0)
			require.Regexp(t, `^# \S.*\.$`, lines[i-1], "%s has a line that says what it is", name)
		}
	}
	var want []string
	for _, v := range variables() {
		want = append(want, v.name)
		require.Equal(t, v.fallback, values[v.name], v.name)
		if v.secret {
			require.Contains(t, string(content), v.name+"_FILE")
		}
	}
	require.Equal(t, want, order)
	require.Len(t, values, len(want))
}

func TestExampleLoads(t *testing.T) {
	merged, err := Dotenv(example, map[string]string{"TELEGRAM_BOT_TOKEN": goodToken}, os.ReadFile)
	require.NoError(t, err)
	fromExample, err := Load(merged, noFiles)
	require.NoError(t, err)
	bare, err := Load(with(), noFiles)
	require.NoError(t, err)
	require.Equal(t, bare, fromExample)
}
