package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"strings"

	"github.com/joho/godotenv"
)

// maxDotenv is the size of a .env file in bytes. Ours has about two thousand;
// anything near this is another kind of file.
const maxDotenv = 64 << 10

// Environ turns the form of os.Environ into that of Load.
func Environ(list []string) map[string]string {
	environ := make(map[string]string, len(list))
	for _, item := range list {
		if name, value, found := strings.Cut(item, "="); found && name != "" {
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
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", path, err)
	}
	if len(content) > maxDotenv {
		return nil, fmt.Errorf("%s is larger than %d bytes: this is not a file of settings", path, maxDotenv)
	}
	content = bytes.TrimPrefix(content, []byte("\ufeff")) // Notepad begins with it
	values, ok := parseDotenv(content)
	if !ok {
		return nil, fmt.Errorf("%s: line %d is not of the form NAME=value, or a quote in it is never closed", path, badLine(content))
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

// parseDotenv hides two things of the library: its errors hold values, and it
// lets a last line without "=" pass as a value without a name.
func parseDotenv(content []byte) (map[string]string, bool) {
	values, err := godotenv.UnmarshalBytes(content)
	if err != nil {
		return nil, false
	}
	if _, nameless := values[""]; nameless {
		return nil, false
	}
	return values, true
}

// badLine finds the line where the first statement begins that cannot be
// parsed: it takes statements off the front, each as many lines as it needs.
func badLine(content []byte) int {
	lines := bytes.SplitAfter(content, []byte("\n"))
	begin := 0
	for end := 1; end <= len(lines); end++ {
		if _, ok := parseDotenv(bytes.Join(lines[begin:end], nil)); ok {
			begin = end
		}
	}
	return begin + 1
}
