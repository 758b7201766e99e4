package faults

import (
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
)

// work is what lies in the store of the running program, by its own metrics:
// kind and state → tasks. ok is false when it does not answer.
func (s *stage) work() (tasks map[string]int, ok bool) {
	page, status := s.ask("/metrics")
	if status != http.StatusOK {
		return nil, false
	}
	tasks = map[string]int{}
	for _, m := range tasksOf.FindAllStringSubmatch(page, -1) {
		n, _ := strconv.Atoi(m[3]) // digits by the expression
		tasks[m[1]+" "+m[2]] = n
	}
	return tasks, len(tasks) > 0
}

// ask gets a page of what the running program tells its keepers. The status is
// 0 when there is none.
func (s *stage) ask(page string) (text string, status int) {
	s.mu.Lock()
	life := s.life
	s.mu.Unlock()
	_, ops := life.log.where()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	resp, err := client.Get("http://" + ops + page)
	if err != nil {
		return "", 0
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", 0
	}
	return string(body), resp.StatusCode
}

var tasksOf = regexp.MustCompile(`(?m)^mrzbot_tasks\{kind="(\w+)",state="(\w+)"\} (\d+)$`)

// quiet waits until everything that was sent has been taken in and worked.
func (s *stage) quiet(atMost time.Duration) {
	s.t.Helper()
	seen := 0 // in a row: between two questions a task may move
	last := map[string]int{}
	look := func() bool {
		s.mu.Lock()
		life := s.life
		s.mu.Unlock()
		require.False(s.t, life.crashed(), "the program ended by itself: %v", life.err)
		s.telegram.RetryNow()
		tasks, ok := s.work()
		last = tasks
		if !ok || s.telegram.Pending() > 0 || busy(tasks) > 0 {
			seen = 0
			return false
		}
		seen++
		return seen == 3
	}
	deadline := within(s.t, atMost)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !look() {
		select {
		case <-again.C:
		case <-deadline.Done():
			s.t.Fatalf("work is left after %v: %d updates on their way, tasks %v", atMost, s.telegram.Pending(), last)
		}
	}
}

// busy counts the tasks that are to be worked.
func busy(tasks map[string]int) (n int) {
	for what, number := range tasks {
		if !strings.HasSuffix(what, " aside") {
			n += number
		}
	}
	return n
}
