package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"mrzbot/internal/config"
)

// interview is the questions of init and their answers. An answer is never said
// again: it may be a secret.
type interview struct {
	ctx    context.Context
	out    io.Writer
	lines  <-chan string // of who answers
	proxy  proxyFunc
	now    func() time.Time
	values map[string]string // by variable
	api    string            // TELEGRAM_API_URL of the environment
}

var errStopped = errors.New("stopped: nothing was written")

// linesOf gives the lines of r; the channel is closed at its end.
func linesOf(ctx context.Context, r io.Reader) <-chan string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(r); s.Scan(); {
			select {
			case lines <- s.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return lines
}

func (i *interview) say(format string, args ...any) { fmt.Fprintf(i.out, format+"\n", args...) }

func (i *interview) prompt(question string) { fmt.Fprint(i.out, question+": ") }

// ask asks for a variable until the answer makes sense, or is empty.
func (i *interview) ask(name, question string) error {
	for {
		line, err := i.line(question)
		if err != nil {
			return err
		}
		if i.take(name, line) {
			return nil
		}
	}
}

// line asks for a line.
func (i *interview) line(question string) (string, error) {
	i.prompt(question)
	select {
	case line, ok := <-i.lines:
		if !ok {
			return "", i.ended()
		}
		return strings.TrimSpace(line), nil
	case <-i.ctx.Done():
		return "", i.ended()
	}
}

// ended is what is wrong when no answer comes any more.
func (i *interview) ended() error {
	i.say("")
	if i.ctx.Err() != nil {
		return errStopped
	}
	return errors.New("the answers ended before everything was asked: nothing was written")
}

// decide asks for yes or no. Enter alone is neither: whoever wrote to the bot may have
// come between the question before and its answer.
func (i *interview) decide(question string) (yes bool, err error) {
	for {
		switch answer, err := i.line(question + " [y/n]"); {
		case err != nil:
			return false, err
		case strings.EqualFold(answer, "y"), strings.EqualFold(answer, "yes"):
			return true, nil
		case strings.EqualFold(answer, "n"), strings.EqualFold(answer, "no"):
			return false, nil
		}
	}
}

// take keeps an answer, if the settings take it; otherwise it says what is wrong.
func (i *interview) take(name, answer string) (ok bool) {
	answer = config.Bare(name, answer)
	if answer == "" {
		delete(i.values, name)
		return true
	}
	values := maps.Clone(i.values)
	values[name] = answer
	// As it will be read: through the file.
	environ, err := config.Dotenv("", nil, func(string) ([]byte, error) { return []byte(fillIn("", values)), nil })
	if err == nil && environ[name] != answer {
		err = errors.New("quotes and $ cannot stand together in it")
	}
	if err != nil {
		i.say("%s: %v.", name, err)
		return false
	}
	_, err = config.Load(environ, os.ReadFile)
	var problems *config.Error
	if errors.As(err, &problems) {
		for _, p := range problems.Problems {
			if p.Name == name {
				i.say("%s: %s.", name, p.Text)
				return false
			}
		}
	}
	i.values[name] = answer
	return true
}

var assignment = regexp.MustCompile(`^([A-Z_]+)=`)

// fillIn gives the example of a file of settings with these values in it. What has
// none stands there as a comment, so that the program's own default holds.
func fillIn(example string, values map[string]string) string {
	values = maps.Clone(values)
	var b strings.Builder
	for line := range strings.Lines(example) {
		name := ""
		if m := assignment.FindStringSubmatch(line); m != nil {
			name = m[1]
		}
		value, has := values[name]
		switch {
		case has:
			delete(values, name)
			b.WriteString(name + "=" + quoted(value) + "\n")
		case name != "":
			b.WriteString("#" + line)
		default:
			b.WriteString(line)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		b.WriteString(name + "=" + quoted(values[name]) + "\n")
	}
	return b.String()
}

// quoted writes a value so that no character of it has a meaning.
func quoted(value string) string {
	if strings.ContainsAny(value, " \t$#\"`\\") {
		return "'" + value + "'"
	}
	return value
}
