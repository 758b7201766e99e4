package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"github.com/joho/godotenv"
)

// maxDotenv is the size of a .env file in bytes. Ours has about two thousand;
// anything near this is another kind of file.
const maxDotenv = 64 << 10

// Environ turns the form of os.Environ into that of Load. Some readers of env
// files leave a mark at the file's beginning, blanks and "export" on a name; they
// are taken off where nothing has the bare name.
func Environ(list []string) map[string]string {
	environ, dressed := map[string]string{}, map[string]string{}
	for _, item := range list {
		name, value, found := strings.Cut(item, "=")
		if !found || name == "" {
			continue
		}
		bare := strings.TrimFunc(strings.TrimPrefix(strings.TrimFunc(name, blank), "export "), blank)
		switch {
		case bare == "":
		case bare != name:
			dressed[bare] = value
		default:
			environ[name] = value
		}
	}
	for name, value := range dressed {
		if _, there := environ[name]; !there {
			environ[name] = value
		}
	}
	return environ
}

// Dotenv adds the variables of the file at path to environ and returns both. A
// variable that environ has, even empty, stays as it is, and so does a secret
// that environ gives by its _FILE twin. A file that is not there adds nothing.
// Errors name the line and never what stands in it.
func Dotenv(path string, environ map[string]string, readFile func(name string) ([]byte, error)) (map[string]string, error) {
	content, err := readFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return maps.Clone(environ), nil
	}
	if errors.Is(err, syscall.EISDIR) {
		return nil, fmt.Errorf("%s is a folder: Docker makes one where a file that is to be mounted is missing. Remove it, or put the file in its place", path)
	}
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", path, err)
	}
	if len(content) > maxDotenv {
		return nil, fmt.Errorf("%s is larger than %d bytes: this is not a file of settings", path, maxDotenv)
	}
	values, err := parseDotenv(decodeText(content))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}

	merged := maps.Clone(environ)
	if merged == nil {
		merged = map[string]string{}
	}
	for name, value := range values {
		if _, set := environ[name]; !set && environ[twin(name)] == "" {
			merged[name] = value
		}
	}
	return merged, nil
}

// twin is the other name a secret can be set by; "" for all else.
func twin(name string) string {
	for _, v := range variables() {
		switch {
		case v.secret && name == v.name:
			return v.name + fileSuffix
		case v.secret && name == v.name+fileSuffix:
			return v.name
		}
	}
	return ""
}

// parseDotenv reads a file. Of a variable of ours that is set twice, an empty one
// does not count: it is the line of .env.example that was left where it stood.
func parseDotenv(content string) (map[string]string, error) {
	all, err := statements(content)
	if err != nil {
		return nil, err
	}
	// Once more as a whole, because a value may refer to variables before it.
	values, err := godotenv.Unmarshal(content)
	if err != nil {
		return nil, errors.New("it is not made of lines of the form NAME=value")
	}
	first := map[string]statement{}
	for _, s := range all {
		earlier, twice := first[s.name]
		switch {
		case !known(s.name) || s.value == "":
			continue
		case twice && earlier.value != s.value:
			return nil, fmt.Errorf("lines %d and %d give %s different values. Keep one of them", earlier.line, s.line, s.name)
		case !twice:
			first[s.name] = s
		}
		if values[s.name] == "" {
			values[s.name] = s.value
		}
	}
	return values, unfilledReference(all)
}

// known reports whether a name is one of ours.
func known(name string) bool {
	return slices.ContainsFunc(variables(), func(v variable) bool {
		return name == v.name || v.secret && name == v.name+fileSuffix
	})
}

// statement is a variable of the file.
type statement struct {
	line        int    // where it begins, from 1
	text        string // as it stands there
	name, value string
}

// maxLines is how many lines a statement may have: none of ours has two.
const maxLines = 200

// statements takes the statements off the front, each as many lines as it needs.
// It hides the library's errors, which hold values.
func statements(content string) (all []statement, err error) {
	lines := strings.SplitAfter(content, "\n")
	begin := 0
	for end := 1; end <= len(lines); end++ {
		text := strings.Join(lines[begin:end], "")
		name, value, ok := parseStatement(text)
		if !ok && end < len(lines) && end-begin < maxLines {
			continue
		}
		if !ok {
			return nil, fmt.Errorf("line %d is not of the form NAME=value, or a quote in it is never closed", begin+1)
		}
		if name != "" {
			all = append(all, statement{begin + 1, text, name, value})
		}
		begin = end
	}
	return all, nil
}

// parseStatement reads one statement, or none, which has no name. A name with a
// blank in it, or none before a value, is refused: it is a value that lacks its
// name.
func parseStatement(text string) (name, value string, ok bool) {
	values, err := godotenv.Unmarshal(text)
	if err != nil || len(values) > 1 {
		return "", "", false
	}
	for name, value := range values {
		return name, value, name != "" && !strings.ContainsFunc(name, blank)
	}
	return "", "", true
}

// reference is what the library puts another variable's value in for.
var reference = regexp.MustCompile(`(\\?)\$\(?\{?([A-Z0-9_]+)`)

// unfilledReference finds a $ that would silently take a piece out of a value,
// such as a password's, because no such variable stands before it in the file.
func unfilledReference(all []statement) error {
	before := map[string]bool{}
	for _, s := range all {
		_, value, _ := strings.Cut(s.text, s.name)
		value = strings.TrimLeft(value, " \t=:")
		for _, m := range reference.FindAllStringSubmatch(withoutComment(value), -1) {
			if known(s.name) && m[1] == "" && !before[m[2]] && !strings.HasPrefix(value, "'") {
				return fmt.Errorf("line %d: a $ in the value stands for a variable that the file does not set before. Put the value in single quotes", s.line)
			}
		}
		before[s.name] = true
	}
	return nil
}
