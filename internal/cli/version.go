package cli

import (
	_ "embed"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
)

// licences are those of the modules, of Go and of ours; release/licences writes
// them.
//
//go:embed licences.txt
var licences string

type licencesCommand struct{}

// Run prints the licences.
func (licencesCommand) Run(p Process) error {
	_, err := io.WriteString(p.Stdout, licences)
	return err
}

type versionCommand struct{}

// Run says which version this is, and what it was built of.
func (versionCommand) Run(p Process) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	_, err := fmt.Fprintf(p.Stdout, "mrzbot %s\n%s\n%s %s/%s\n%s\n",
		p.version(), commit(info), runtime.Version(), runtime.GOOS, runtime.GOARCH, modules(info))
	return err
}

// version names the build.
func (p Process) version() string {
	if p.Version != "" && p.Version != "dev" {
		return p.Version
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		if revision := setting(info, "vcs.revision"); revision != "" {
			return "dev-" + revision[:min(12, len(revision))]
		}
	}
	return "dev"
}

func setting(info *debug.BuildInfo, key string) string {
	for _, s := range info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}

// commit says of which commit the build is, when that was made, and whether the
// tree had changes besides.
func commit(info *debug.BuildInfo) string {
	revision := setting(info, "vcs.revision")
	if revision == "" {
		return "commit unknown: built outside of its repository"
	}
	says := "commit " + revision + " of " + setting(info, "vcs.time")
	if setting(info, "vcs.modified") == "true" {
		says += ", with changes that are not committed"
	}
	return says
}

// modules says whether the modules are those that go.sum names.
func modules(info *debug.BuildInfo) string {
	var replaced []string
	for _, m := range info.Deps {
		if m.Replace != nil || m.Sum == "" {
			replaced = append(replaced, m.Path)
		}
	}
	if len(replaced) > 0 {
		return "modules replaced by others: " + strings.Join(replaced, ", ")
	}
	return fmt.Sprintf("modules: %d, all as in go.sum", len(info.Deps))
}
