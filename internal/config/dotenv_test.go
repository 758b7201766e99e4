package config

import (
	"errors"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/joho/godotenv"
	"github.com/stretchr/testify/require"
)

const example = "../../.env.example"

func TestEnviron(t *testing.T) {
	require.Equal(t, map[string]string{"A": "1", "B": "", "C": "x=y"},
		Environ([]string{"A=1", "B=", "C=x=y", "=C:=C:\\", "odd"}))
}

func TestEnvironDressed(t *testing.T) {
	require.Equal(t, map[string]string{"A": "1", "B": "2", "C": "3", "D": "bare"},
		Environ([]string{"\ufeffA=1", "export B=2", "C =3", "D=bare", "export D=4", "\ufeffD=5"}))
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
		"name and value swapped":  {"A=1\nTELEGRAM_BOT_TOKEN 123:canary\n", "line 2 "},
		"two values":              {"WORKERS=1\n# canary\nB='x\ny'\nWORKERS=\"2\"\n", "lines 1 and 5 give WORKERS different values"},
		"dollar":                  {"A=1\nSTORAGE_URL=postgres://me:pa$CANARYcanary@db/mrz\n", "line 2: a $"},
		"dollar and digit":        {"MRZ_API_KEY=canary$2canary\n", "line 1: a $"},
		"dollar in quotes":        {"STORAGE_URL=\"postgres://me:${CANARY}@db/mrz\"\n", "line 1: a $"},
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

	t.Run("folder", func(t *testing.T) {
		_, err := Dotenv(".env", nil, func(string) ([]byte, error) { return nil, &fs.PathError{Op: "read", Path: ".env", Err: syscall.EISDIR} })
		require.ErrorContains(t, err, ".env is a folder")
	})
	broken := errors.New("disk on fire")
	_, err := Dotenv(".env", nil, func(string) ([]byte, error) { return nil, broken })
	require.ErrorIs(t, err, broken)
}

// TestDotenvForms: what is meant is taken, however the file was written.
func TestDotenvForms(t *testing.T) {
	utf16 := func(text string) string {
		wide := "\xff\xfe"
		for _, r := range text {
			wide += string([]byte{byte(r), byte(r >> 8)})
		}
		return wide
	}
	for how, test := range map[string]struct {
		content string
		want    map[string]string
	}{
		"PowerShell":          {utf16("WORKERS=5\r\nLOG_LEVEL=debug\r\n"), map[string]string{"WORKERS": "5", "LOG_LEVEL": "debug"}},
		"two files in one":    {"\ufeffWORKERS=5\n\ufeffLOG_LEVEL=debug\n", map[string]string{"WORKERS": "5", "LOG_LEVEL": "debug"}},
		"the example is left": {"WORKERS=\n# mine\nWORKERS=5\n", map[string]string{"WORKERS": "5"}},
		"the example below":   {"WORKERS=5\nWORKERS=\n", map[string]string{"WORKERS": "5"}},
		"the same twice":      {"WORKERS=5\nexport WORKERS='5' # again\n", map[string]string{"WORKERS": "5"}},
		"others twice":        {"A=1\nA=2\n", map[string]string{"A": "2"}},
		"reference":           {"DIR=/data\nSTORAGE_URL=bolt:${DIR}/x.db\n", map[string]string{"DIR": "/data", "STORAGE_URL": "bolt:/data/x.db"}},
		"dollar, single":      {"MRZ_API_KEY='a$B$2' # with $A\n", map[string]string{"MRZ_API_KEY": "a$B$2"}},
		"dollar, escaped":     {`MRZ_API_KEY=a\$B`, map[string]string{"MRZ_API_KEY": "a$B"}},
		"dollar in a comment": {"WORKERS=5 # not $MANY\n", map[string]string{"WORKERS": "5"}},
		"dollar of others":    {"A=x$B\n", map[string]string{"A": "x"}},
	} {
		merged, err := Dotenv(".env", nil, files(map[string]string{".env": test.content}))
		require.NoError(t, err, how)
		require.Equal(t, test.want, merged, how)
	}
}

// TestReadme: the table of README.md and Config are held against each other,
// both ways.
func TestReadme(t *testing.T) {
	content, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	_, page, found := strings.Cut(string(content), "\n## Settings\n")
	require.True(t, found)
	page, _, _ = strings.Cut(page, "\n## ")
	ticked := regexp.MustCompile("`([^`]*)`")
	var got, want []string
	for line := range strings.Lines(page) {
		cells := strings.Split(line, "|")
		if len(cells) < 5 || !strings.HasPrefix(cells[1], " `") {
			continue
		}
		names, defaults := ticked.FindAllStringSubmatch(cells[1], -1), ticked.FindAllStringSubmatch(cells[2], -1)
		require.True(t, len(defaults) == 0 || len(defaults) == len(names), line)
		for i, name := range names {
			told := name[1] + "="
			if len(defaults) > 0 {
				told += defaults[i][1]
			}
			got = append(got, told)
		}
	}
	for _, v := range variables() {
		want = append(want, v.name+"="+v.fallback)
	}
	require.Equal(t, want, got)
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
