package browser

import (
	"fmt"
	"testing"
)

// TestDemo: the demonstration plays to its end by itself. It takes a minute
// and more; each scene has the patience of one thing.
func TestDemo(t *testing.T) {
	const over = `document.querySelector(".demo span")?.textContent.startsWith("That was it")`
	v := newBench(t, false, "--demo").open(desktop)
	v.until(`document.querySelectorAll(".pane").length === 2`)
	v.until(`document.querySelector(".steps .now")`) // before it begins there are no steps either
	for scene := range 9 {
		v.until(fmt.Sprintf(`document.querySelectorAll(".steps .past").length >= %d || %s`, scene, over))
		v.shot(fmt.Sprint("scene-", scene+1))
	}
	v.until(`!document.querySelector(".steps .now") && document.querySelector(".demo button")?.textContent === "Play again" && ` + over)
}
