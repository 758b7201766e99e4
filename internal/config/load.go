package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"reflect"
	"slices"
	"strings"
	"syscall"

	"github.com/caarlos0/env/v11"

	"mrzbot/internal/seal"
)

// fileSuffix makes the name of a secret's twin, which names a file.
const fileSuffix = "_FILE"

// Problem is what is wrong with one variable and how to mend it. It holds no
// value.
type Problem struct {
	Name string // of the variable, or of its _FILE twin where that was used
	Text string
}

// maxFile is the size of a secret's file in bytes; a URL of a store with all its
// parameters takes a few hundred.
const maxFile = 64 << 10

// Error is every problem of the settings at once, in the order of Config, and the
// variables that may have been meant for what is missing.
type Error struct {
	Problems    []Problem
	Ineffective []Ineffective
}

// Error has one line for each problem.
func (e *Error) Error() string {
	var text strings.Builder
	text.WriteString("the settings need mending:")
	for _, problem := range e.Problems {
		fmt.Fprintf(&text, "\n  %s: %s", problem.Name, problem.Text)
	}
	for _, name := range e.Ineffective {
		fmt.Fprintf(&text, "\n  %v", name)
	}
	return text.String()
}

// Load reads the settings from environ (name to value) and the files that the
// _FILE twins of secrets name. Anything wrong with them is one *Error.
func Load(environ map[string]string, readFile func(name string) ([]byte, error)) (Config, error) {
	c, l, err := load(environ, readFile)
	if err != nil {
		return Config{}, err
	}
	if problems := l.problems(); len(problems) > 0 {
		return Config{}, &Error{problems, Misnamed(environ)}
	}
	c.TelegramURL = strings.TrimRight(c.TelegramURL, "/")
	if c.WebhookSecret.Empty() {
		c.WebhookSecret = NewSecret(seal.WebhookSecret(c.TelegramToken.Reveal()))
	}
	return c, nil
}

// LoadStore reads those settings that say where the store is and where its days
// begin: who only looks after the store needs no others, and what is wrong with
// them does not matter.
func LoadStore(environ map[string]string, readFile func(name string) ([]byte, error)) (Storage, Zone, error) {
	c, err := loadSome(environ, readFile, "STORAGE_URL", "TIMEZONE")
	return c.Storage, c.Timezone, err
}

// LoadReport is LoadStore with the price of a call.
func LoadReport(environ map[string]string, readFile func(name string) ([]byte, error)) (Storage, Zone, Price, error) {
	c, err := loadSome(environ, readFile, "STORAGE_URL", "TIMEZONE", "PRICE")
	return c.Storage, c.Timezone, c.Price, err
}

// loadSome reads the settings; only what is wrong with those of the names matters,
// and the others are not to be used.
func loadSome(environ map[string]string, readFile func(name string) ([]byte, error), names ...string) (Config, error) {
	c, l, err := load(environ, readFile)
	if err != nil {
		return Config{}, err
	}
	maps.DeleteFunc(l.wrong, func(name, _ string) bool { return !slices.Contains(names, name) })
	if problems := l.problems(); len(problems) > 0 {
		return Config{}, &Error{problems, Misnamed(environ)}
	}
	return c, nil
}

// LoadTimezone reads where days begin, and nothing else.
func LoadTimezone(environ map[string]string) (Zone, error) {
	timezone := map[string]string{}
	if value, ok := environ["TIMEZONE"]; ok {
		timezone["TIMEZONE"] = value
	}
	_, zone, err := LoadStore(timezone, nil)
	return zone, err
}

// LoadOpsAddr reads where health and metrics are served, and nothing else.
func LoadOpsAddr(environ map[string]string) (string, error) {
	only := map[string]string{}
	if value, ok := environ["OPS_ADDR"]; ok {
		only["OPS_ADDR"] = value
	}
	c, l, err := load(only, nil)
	if err != nil {
		return "", err
	}
	maps.DeleteFunc(l.wrong, func(name, _ string) bool { return name != "OPS_ADDR" })
	if problems := l.problems(); len(problems) > 0 {
		return "", &Error{problems, nil}
	}
	return c.OpsAddr, nil
}

// load reads the settings and notes what is wrong with them.
func load(environ map[string]string, readFile func(name string) ([]byte, error)) (c Config, l loading, err error) {
	l = loading{
		values: map[string]string{},
		source: map[string]string{},
		wrong:  map[string]string{},
	}
	l.gather(environ, readFile)
	options := env.Options{Environment: l.values, FuncMap: parsers()}
	if err := l.note(env.ParseWithOptions(&c, options)); err != nil {
		return Config{}, l, err
	}
	for _, rule := range rules {
		if l.wrong[rule.name] != "" {
			continue
		}
		if text := rule.check(&c); text != "" {
			l.wrong[rule.name] = text
		}
	}
	return c, l, nil
}

// variable is a field of Config, seen from the environment.
type variable struct {
	name, field, fallback string
	secret                bool
}

func variables() []variable {
	var all []variable
	for field := range reflect.TypeFor[Config]().Fields() {
		all = append(all, variable{
			name:     field.Tag.Get("env"),
			field:    field.Name,
			fallback: field.Tag.Get("envDefault"),
			secret:   field.Type == reflect.TypeFor[Secret]() || field.Type == reflect.TypeFor[Storage](),
		})
	}
	return all
}

// loading is the settings on their way in.
type loading struct {
	values map[string]string // what the library is given
	source map[string]string // variable to the name it was set by
	wrong  map[string]string // variable to problem, the first of each
}

// gather takes our variables out of the environment, secrets from their files
// where these are named.
func (l *loading) gather(environ map[string]string, readFile func(string) ([]byte, error)) {
	for _, v := range variables() {
		l.source[v.name] = v.name
		value, wrong := clean(v.name, environ[v.name])
		file := ""
		if v.secret {
			file, _ = clean(v.name+fileSuffix, environ[v.name+fileSuffix])
		}
		switch {
		case value != "" && file != "":
			wrong = "set, and " + v.name + fileSuffix + " too. Keep one of the two"
		case file != "":
			l.source[v.name] = v.name + fileSuffix
			value, wrong = fromFile(v.name, file, readFile)
		}
		if wrong != "" {
			l.wrong[v.name] = wrong
		} else if value != "" {
			l.values[v.name] = value
		}
	}
}

// fromFile reads a secret from its file.
func fromFile(name, file string, readFile func(string) ([]byte, error)) (value, wrong string) {
	content, err := readFile(file)
	if err != nil {
		return "", unreadable(file, err)
	}
	if len(content) > maxFile {
		return "", "the file it names is too large to hold a secret. Put the secret into it and nothing else"
	}
	value, wrong = clean(name, decodeText(content))
	switch {
	case wrong != "":
		return "", "the file it names holds " + wrong
	case value == "":
		return "", "the file it names is empty. Put the secret into it"
	}
	return value, ""
}

// unreadable leaves out the file's name: it may be a secret that was set in the
// wrong place.
func unreadable(file string, err error) string {
	why, mend := "cannot be read", "Give the path of a file that holds the secret"
	switch {
	case errors.Is(err, fs.ErrNotExist) && strange(file) != "":
		why, mend = "does not exist", mend+"; its name holds "+strange(file)
	case errors.Is(err, fs.ErrNotExist):
		why = "does not exist"
	case errors.Is(err, fs.ErrPermission):
		why, mend = "may not be read by this user", "Let the user of the bot read it"
	case errors.Is(err, syscall.EISDIR):
		why, mend = "is a folder", mend+"; Docker makes a folder where a file that is to be mounted is missing"
	}
	return "the file it names " + why + ". " + mend
}

// note keeps the library's findings. It returns an error for those that are
// nobody's settings but a fault of Config.
func (l *loading) note(err error) error {
	if err == nil {
		return nil
	}
	var all env.AggregateError
	if !errors.As(err, &all) {
		return fmt.Errorf("config: %w", err)
	}
	names := map[string]string{}
	for _, v := range variables() {
		names[v.field] = v.name
	}
	for _, err := range all.Errors {
		parse, ok := err.(env.ParseError)
		if !ok || names[parse.Name] == "" {
			return fmt.Errorf("config: %w", err)
		}
		l.wrong[names[parse.Name]] = parseFailure(parse)
	}
	return nil
}

// problems puts what is wrong in the order of Config.
func (l *loading) problems() []Problem {
	var found []Problem
	for _, v := range variables() {
		text := l.wrong[v.name]
		if text == "" {
			continue
		}
		if what := strange(l.values[v.name]); what != "" {
			text += ". There is in it: " + what
		}
		if v.fallback != "" {
			text += " (default: " + v.fallback + ")"
		}
		found = append(found, Problem{Name: l.source[v.name], Text: text})
	}
	return found
}
