package browser

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// axeVersion of axe-core, which finds what people cannot see, hear or reach.
const axeVersion = "4.14.1"

// axe is the program text of axe-core, as npm has installed it.
func axe(t *testing.T) string {
	missing := "axe-core is not installed: npm install --global axe-core@" + axeVersion
	folder, err := exec.Command("npm", "root", "--global").Output()
	if err != nil {
		t.Skip(missing)
	}
	text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(folder)), "axe-core", "axe.min.js"))
	if err != nil {
		t.Skip(missing)
	}
	return string(text)
}

// accessible holds what is shown now to having no serious fault.
func (v view) accessible(axe, name string) {
	v.t.Helper()
	v.shot(name)
	_, err := Eval[bool](v.Tab, axe+"; true", false)
	require.NoError(v.t, err)
	faults, err := Eval[[]string](v.Tab, `axe.run(document, { resultTypes: ["violations"] }).then((found) => found.violations
		.filter((rule) => rule.impact === "serious" || rule.impact === "critical")
		.flatMap((rule) => rule.nodes.map((node) => rule.id + ": " + node.target + " " + (node.any[0]?.message ?? rule.help))))`, true)
	require.NoError(v.t, err)
	require.Empty(v.t, faults, name)
}

// TestIsAccessible walks through what can be opened, in light and in the dark,
// in a wide window and on a phone.
func TestIsAccessible(t *testing.T) {
	b := newBench(t, false)
	rules := axe(t)
	for _, w := range []Window{{Width: 1400, Height: 900}, {Width: 360, Height: 740, Phone: true, Scale: 2}, {Width: 1000, Height: 760}} {
		for _, w.Dark = range []bool{false, true} {
			scheme := map[bool]string{false: "light", true: "dark"}[w.Dark]
			t.Run(fmt.Sprint(w.Width, scheme), func(t *testing.T) {
				v := (&bench{t: t, browser: b.browser, url: b.url}).open(w)
				v.until(cards + " > 0")
				v.accessible(rules, "first")
				v.click(`[aria-label="Attach"]`)
				v.click(`.popover button:first-child`)
				v.until(`[...document.querySelectorAll(".specimen img")].slice(0, 4).every((i) => i.complete && i.naturalWidth > 0)`)
				v.accessible(rules, "cards")
				v.click(`.sheet .ends button:last-child`)
				v.aside("side")
				v.accessible(rules, "people")
				v.aside("tools")
				for tab := range 3 {
					v.click(fmt.Sprintf("#tab-%d", tab))
					v.accessible(rules, fmt.Sprint("tools-", tab))
				}
			})
		}
	}
}
