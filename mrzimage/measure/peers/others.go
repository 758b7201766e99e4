package main

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// tesseract reads a picture as one block of text in the letters of an MRZ.
func tesseract(path string) func(context.Context, string) ([]string, error) {
	return func(ctx context.Context, file string) ([]string, error) {
		cmd := exec.CommandContext(ctx, path, file, "-", "-l", "eng", "--psm", "6",
			"-c", "tessedit_char_whitelist=ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")
		cmd.Env = append(os.Environ(), "OMP_THREAD_LIMIT=1") // one core, as the others
		text, err := cmd.Output()
		if err != nil {
			return nil, err
		}
		return mrzIn(string(text)), nil
	}
}

// MRZ takes the last lines of a text that may be those of an MRZ: three of
// about 30 characters, or two of more.
func mrzIn(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.ReplaceAll(strings.TrimSpace(line), " ", "")
		if len(line) >= 26 && len(line) <= 48 && strings.Contains(line, "<") {
			lines = append(lines, line)
		}
	}
	most := 2
	if n := len(lines); n >= 3 && len(lines[n-1]) < 33 {
		most = 3
	}
	return lines[max(0, len(lines)-most):]
}

//go:embed mrzdetection.js
var script string

// node is a process that reads a picture for each line it is given.
type node struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

func startNode(ctx context.Context, npm string) (*node, error) {
	modules, err := filepath.Abs(filepath.Join(npm, "node_modules"))
	if err != nil {
		return nil, err
	}
	n := &node{cmd: exec.CommandContext(ctx, "node", "-e", script)}
	n.cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
	n.cmd.Stderr = os.Stderr
	if n.in, err = n.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := n.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	n.out = bufio.NewScanner(out)
	return n, n.cmd.Start()
}

// read waits for the answer however long it takes: the process reads one
// picture after the other.
func (n *node) read(_ context.Context, file string) ([]string, error) {
	if _, err := fmt.Fprintln(n.in, file); err != nil {
		return nil, err
	}
	for n.out.Scan() {
		// Its libraries write to standard output, too.
		answer, ok := strings.CutPrefix(n.out.Text(), "mrz ")
		if !ok {
			continue
		}
		var got struct {
			Lines []string
			Error string
		}
		if err := json.Unmarshal([]byte(answer), &got); err != nil {
			return nil, err
		}
		if got.Error != "" {
			return nil, errors.New(got.Error)
		}
		return got.Lines, nil
	}
	return nil, errors.New("node ended")
}

func (n *node) close() {
	_ = n.in.Close()
	_ = n.cmd.Wait() // what it read is known
}
