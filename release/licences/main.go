// Licences writes the licences of everything that is in the binary into one
// text, which `mrzbot licences` prints:
//
//	go run ./release/licences           writes internal/cli/licences.txt
//	go run ./release/licences -list     lists the modules only, as path and version
//
// Modules of all systems that are released are in it, and Go itself.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

const file = "internal/cli/licences.txt"

// systems are those that release/build builds for.
var systems = []string{"linux", "darwin", "windows"}

func main() {
	list := flag.Bool("list", false, "list the modules and write nothing")
	flag.Parse()
	if err := run(*list); err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

func run(list bool) error {
	modules, err := linked()
	if err != nil {
		return err
	}
	if list {
		for _, m := range modules {
			fmt.Println(m.path, m.version)
		}
		return nil
	}
	text, err := together(modules)
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o644)
}

// module is a module of which some package is in the binary.
type module struct{ path, version, folder string }

// linked lists the modules in the order of their paths.
func linked() ([]module, error) {
	var all []module
	for _, system := range systems {
		c := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}{{end}}", ".")
		c.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
		c.Stderr = os.Stderr
		out, err := c.Output()
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(out)) {
			if f := strings.Split(strings.TrimSpace(line), "\t"); len(f) == 3 {
				all = append(all, module{f[0], f[1], f[2]})
			}
		}
	}
	slices.SortFunc(all, func(a, b module) int { return strings.Compare(a.path, b.path) })
	return slices.Compact(all), nil
}

// licenceName fits the files in which a module says what may be done with it, and
// with what it has of others: FreeType's licence (ftl) and that of fonts (ofl).
var licenceName = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|ftl|ofl)(\.(md|txt))?$`)

// together puts the licences into one text. Those that are word for word the
// same stand once, behind all that they are of.
func together(modules []module) ([]byte, error) {
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, err
	}
	golang := module{"Go's standard library and runtime", strings.TrimPrefix(runtime.Version(), "go"), strings.TrimSpace(string(goroot))}
	var order []string
	owners := map[string][]string{}
	for _, m := range append([]module{golang}, modules...) {
		read := licence
		if m == golang {
			read = licenceOfGo
		}
		text, err := read(m.folder)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.path, err)
		}
		if owners[text] == nil {
			order = append(order, text)
		}
		name := m.path + " " + m.version
		if m == golang {
			name = m.path
		}
		owners[text] = append(owners[text], name)
	}
	var out bytes.Buffer
	rule := strings.Repeat("=", 78)
	fmt.Fprintln(&out, "mrzbot is under the MIT licence. What it is built of:")
	for _, text := range order {
		fmt.Fprintf(&out, "\n%s\n%s\n%s\n\n%s\n", rule, strings.Join(owners[text], "\n"), rule, text)
	}
	return out.Bytes(), nil
}

// licence reads the licences that lie in the folder of a module and below: first
// the module's own, then those of what it has of others.
func licence(folder string) (string, error) {
	var own, others []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == "testdata":
			return fs.SkipDir
		case entry.IsDir() || !licenceName.MatchString(entry.Name()):
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		text := strings.TrimSpace(strings.ReplaceAll(string(content), "\r\n", "\n"))
		if filepath.Dir(path) == folder {
			own = append(own, text)
			return nil
		}
		name, err := filepath.Rel(folder, path)
		others = append(others, filepath.ToSlash(name)+":\n\n"+text)
		return err
	})
	if err != nil {
		return "", err
	}
	if len(own) == 0 {
		return "", fmt.Errorf("no licence in its folder")
	}
	return strings.Join(append(own, others...), "\n\n"), nil
}

// licenceOfGo reads the licence of Go itself: below it are tools and tests, which
// are in no program.
func licenceOfGo(goroot string) (string, error) {
	text, err := os.ReadFile(filepath.Join(goroot, "LICENSE"))
	return strings.TrimSpace(string(text)), err
}
