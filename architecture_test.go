package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "mrzbot"

type listed struct {
	ImportPath string
	Name       string
	Imports    []string
}

// TestArrows holds the table of ARCHITECTURE.md against the imports.
func TestArrows(t *testing.T) {
	allowed := arrows(t)
	for _, p := range packages(t) {
		room := roomOf(p.ImportPath)
		may, known := allowed[room]
		if !known {
			// Programs that make data stand beside what they make it for; nothing imports them.
			require.Equal(t, "main", p.Name, "room %s is not in ARCHITECTURE.md", room)
			continue
		}
		for _, imp := range p.Imports {
			if strings.HasPrefix(imp, module+"/") && roomOf(imp) != room {
				require.Contains(t, may, roomOf(imp), "%s must not import %s", room, imp)
			}
		}
	}
}

// TestPlaces holds "Find the room" against the tree: every place that it names
// is there.
func TestPlaces(t *testing.T) {
	page, err := os.ReadFile("ARCHITECTURE.md")
	require.NoError(t, err)
	_, table, found := strings.Cut(string(page), "\n## Find the room\n")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n## ")
	named := 0
	for row := range strings.Lines(table) {
		folder := ""
		for _, place := range regexp.MustCompile("`([a-z_./]+)`").FindAllStringSubmatch(row, -1) {
			file := strings.TrimSuffix(place[1], "/")
			if info, err := os.Stat(file); err == nil {
				folder = file
				if !info.IsDir() {
					folder = path.Dir(file)
				}
			} else {
				require.FileExists(t, path.Join(folder, file), "%s", row)
			}
			named++
		}
	}
	require.Greater(t, named, 30)
}

// TestOutsideArrows holds the rules about what is not ours.
func TestOutsideArrows(t *testing.T) {
	only := map[string][]string{
		"github.com/go-telegram/bot": {"telegram"},
		"go.etcd.io/bbolt":           {"storage/bolt"},
		"github.com/jackc/pgx/v5":    {"storage/postgres", "storage/postgres/pgtest"},
	}
	never := map[string][]string{
		"net/http": {"bot", "mrz", "mrzimage", "mrzimage/specimen", "queue", "storage"},
		"C":        {"mrzimage", "mrz", "bot", "."},
	}
	within := func(room string, rooms []string) bool {
		return slices.ContainsFunc(rooms, func(r string) bool {
			return room == r || (r == "bot" || r == "mrzimage") && strings.HasPrefix(room, r+"/")
		})
	}
	for _, p := range packages(t) {
		room := roomOf(p.ImportPath)
		for _, imp := range p.Imports {
			if rooms, ok := only[imp]; ok {
				require.Contains(t, rooms, room, "%s must not import %s", room, imp)
			}
			require.False(t, within(room, never[imp]), "%s must not import %s", room, imp)
		}
	}
}

// roomOf names the room of a package of ours; what lies in a room's internal
// folder is part of it.
func roomOf(importPath string) string {
	return path.Clean(strings.TrimPrefix(strings.TrimPrefix(importPath, module), "/"))
}

// arrows reads the table of ARCHITECTURE.md.
func arrows(t *testing.T) map[string][]string {
	page, err := os.ReadFile("ARCHITECTURE.md")
	require.NoError(t, err)
	ticked := regexp.MustCompile("`([^`]+)`")
	rooms := map[string][]string{}
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 5 || !strings.HasPrefix(cells[1], " `") {
			continue
		}
		var may []string
		for _, m := range ticked.FindAllStringSubmatch(cells[3], -1) {
			may = append(may, m[1])
		}
		rooms[strings.Trim(cells[1], " `")] = may
	}
	require.Greater(t, len(rooms), 10, "the table of rooms was not found")
	for room := range rooms {
		_, err := os.Stat(room)
		require.NoError(t, err, "ARCHITECTURE.md names a room that is not there")
	}
	return rooms
}

func packages(t *testing.T) []listed {
	cmd := exec.Command("go", "list", "-json=ImportPath,Name,Imports", "./...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err)
	var all []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else {
			require.NoError(t, err)
		}
		all = append(all, p)
	}
	require.True(t, slices.ContainsFunc(all, func(p listed) bool { return p.ImportPath == module }))
	return all
}
