package cli

import (
	"os/exec"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVersion(t *testing.T) {
	code, stdout, _ := run(t, "", nil, "version")
	require.Equal(t, exitFine, code)
	require.Regexp(t, `^mrzbot dev\S*\ncommit .+\ngo1\S+ \w+/\w+\n.*modules`, stdout)

	info := &debug.BuildInfo{
		Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "0123456789abcdef"}, {Key: "vcs.time", Value: "2026-11-29T03:00:00Z"}, {Key: "vcs.modified", Value: "true"}},
		Deps:     []*debug.Module{{Path: "example.org/a", Sum: "h1:x"}},
	}
	require.Equal(t, "commit 0123456789abcdef of 2026-11-29T03:00:00Z, with changes that are not committed", commit(info))
	require.Equal(t, "modules: 1, all as in go.sum", modules(info))
	info.Deps = append(info.Deps, &debug.Module{Path: "example.org/b", Sum: "h1:x", Replace: &debug.Module{Path: "../b"}})
	require.Equal(t, "modules replaced by others: example.org/b", modules(info))
}

// TestLicences holds the text against the modules that are in the binary.
func TestLicences(t *testing.T) {
	code, stdout, _ := run(t, "", nil, "licences")
	require.Equal(t, exitFine, code)
	c := exec.CommandContext(t.Context(), "go", "run", "./release/licences", "-list")
	c.Dir = "../.."
	list, err := c.Output()
	require.NoError(t, err)
	named := 0
	for line := range strings.Lines(string(list)) {
		require.Contains(t, stdout, "\n"+line, "go run ./release/licences")
		named++
	}
	require.Greater(t, named, 20)
	owners := regexp.MustCompile(`(?m)^[a-z0-9./-]+\.[a-z]+/\S+ v\d\S*$`).FindAllString(stdout, -1)
	require.Len(t, owners, named, "nothing that is not linked any more")
	require.Contains(t, stdout, "Go's standard library")
	for _, within := range []string{"The FreeType Project LICENSE", "SIL OPEN FONT LICENSE", "gddo/LICENSE"} {
		require.Contains(t, stdout, within, "of what a module has of others")
	}
}
