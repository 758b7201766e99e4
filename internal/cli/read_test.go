package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/mrz"
	"mrzbot/mrzimage"
	"mrzbot/mrzimage/specimen"
	fakemrz "mrzbot/sandbox/mrz"
)

// TestReadScripts runs every script in testdata/read in an empty folder. A
// script is a text file:
//
//	# a remark
//	draw card.jpg plain 7        a photo of an invented card: scene, seed
//	front front.jpg plain 7      of its other side
//	cut card.jpg half.jpg        its first half
//	blank white.jpg              a picture of nothing
//	text notes.txt hello         a file that is no picture
//	folder shots
//	$ read card.jpg              a command line; "< FILE" at its end is standard input
//
// Lines that begin with "  " are what the command wrote and its exit code;
// -update rewrites them.
func TestReadScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/read/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for i, file := range files {
		files[i], err = filepath.Abs(file)
		require.NoError(t, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			t.Chdir(t.TempDir())
			var out strings.Builder
			for line := range strings.Lines(string(want)) {
				line = strings.TrimRight(line, "\n")
				if strings.HasPrefix(line, "  ") {
					continue // what was seen the last time
				}
				out.WriteString(line + "\n" + scriptLine(t, line))
			}
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(out.String()), 0o644))
				return
			}
			require.Equal(t, string(want), out.String(), "go test ./internal/cli -run TestReadScripts -update rewrites the scripts")
		})
	}
}

// scriptLine does one line and gives what is seen of it.
func scriptLine(t *testing.T, line string) string {
	words := strings.Fields(line)
	if len(words) == 0 || strings.HasPrefix(line, "#") {
		return ""
	}
	write := func(name string, data []byte) string {
		require.NoError(t, os.WriteFile(name, data, 0o600))
		return ""
	}
	switch words[0] {
	case "draw", "front":
		seed, err := strconv.ParseUint(words[3], 10, 64)
		require.NoError(t, err)
		return write(words[1], smallPhotoOf(t, specimen.Scene(words[2]), seed, words[0] == "front"))
	case "cut":
		data, err := os.ReadFile(words[1])
		require.NoError(t, err)
		return write(words[2], data[:len(data)/2])
	case "blank":
		white := image.NewGray(image.Rect(0, 0, 320, 200))
		for i := range white.Pix {
			white.Pix[i] = 255
		}
		var file bytes.Buffer
		require.NoError(t, jpeg.Encode(&file, white, nil))
		return write(words[1], file.Bytes())
	case "text":
		return write(words[1], []byte(strings.Join(words[2:], " ")))
	case "folder":
		require.NoError(t, os.MkdirAll(words[1], 0o700))
		return ""
	case "$":
		return scriptCommand(t, words[1:])
	}
	t.Fatalf("what is this line? %q", line)
	return ""
}

func scriptCommand(t *testing.T, args []string) string {
	stdin := ""
	if n := len(args); n > 2 && args[n-2] == "<" {
		data, err := os.ReadFile(args[n-1])
		require.NoError(t, err)
		stdin, args = string(data), args[:n-2]
	}
	code, stdout, stderr := run(t, stdin, nil, args...)
	var out strings.Builder
	for _, stream := range [][2]string{{"out", stdout}, {"err", stderr}} {
		for line := range strings.Lines(stream[1]) {
			fmt.Fprintf(&out, "  %s: %s\n", stream[0], strings.TrimRight(line, "\n"))
		}
	}
	fmt.Fprintf(&out, "  exit %d\n", code)
	return strings.ReplaceAll(out.String(), `\`, "/") // paths of Windows
}

// smallPhoto is a photo of an invented card, no larger than it must be.
func smallPhoto(t *testing.T, scene specimen.Scene, seed uint64) []byte {
	t.Helper()
	return smallPhotoOf(t, scene, seed, false)
}

func smallPhotoOf(t *testing.T, scene specimen.Scene, seed uint64, front bool) []byte {
	t.Helper()
	drawn, err := specimen.Card{Lines: specimen.Invent("TD1", seed), Seed: seed, PixelsPerCell: 14, Front: front}.Draw()
	require.NoError(t, err)
	picture, err := scene.Photo(600, 450, seed).JPEG(drawn)
	require.NoError(t, err)
	return picture
}

// TestReadPicture: the drawing shows the picture and, below it, the cells.
func TestReadPicture(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("card.jpg", smallPhoto(t, specimen.Plain, 7), 0o600))
	code, _, stderr := run(t, "", nil, "read", "--picture", "out.png", "card.jpg")
	require.Equal(t, exitFine, code, stderr)
	f, err := os.Open("out.png")
	require.NoError(t, err)
	defer f.Close()
	drawing, err := png.Decode(f)
	require.NoError(t, err)
	require.Greater(t, drawing.Bounds().Dx(), 600)
	require.Greater(t, drawing.Bounds().Dy(), 450+100)
}

// TestReadByService: a picture that no reader can read is not sent, because
// the answer would cost as much as any.
func TestReadByService(t *testing.T) {
	b := newBench(t, map[string]string{"PREFLIGHT": "on"})
	b.mrz.Answer(fakemrz.Lines(card...))
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("card.jpg", smallPhoto(t, specimen.Plain, 7), 0o600))
	require.NoError(t, os.WriteFile("white.jpg", jpegOf(t), 0o600))
	require.NoError(t, os.WriteFile("half.jpg", smallPhoto(t, specimen.Plain, 7)[:5000], 0o600))
	files := []string{"read", "--engine", "api", "--json", "card.jpg", "white.jpg", "half.jpg"}
	code, stdout, stderr := run(t, "", b.environ, files...)
	require.Equal(t, exitFailed, code, stderr)
	require.Equal(t, 1, b.mrz.Counts().Received)
	var got []map[string]any
	for d := json.NewDecoder(bytes.NewBufferString(stdout)); d.More(); {
		var object map[string]any
		require.NoError(t, d.Decode(&object))
		got = append(got, object)
	}
	require.Len(t, got, 3)
	require.Equal(t, []any{card[0], card[1], card[2]}, got[0]["lines"])
	require.Equal(t, true, got[0]["picture"].(map[string]any)["found"])
	require.Equal(t, "no_mrz", got[1]["error"].(map[string]any)["code"])
	require.Equal(t, "no_mrz", got[1]["picture"].(map[string]any)["stop"])
	require.Equal(t, "damaged", got[2]["error"].(map[string]any)["code"])

	b.environ["PREFLIGHT"] = "off"
	_, _, stderr = run(t, "", b.environ, files...)
	require.Equal(t, 4, b.mrz.Counts().Received, "off: all are sent; %s", stderr)
}

// TestReadByServiceRestores: what the service wrote otherwise is put right, and
// said to be.
func TestReadByServiceRestores(t *testing.T) {
	b := newBench(t, map[string]string{"PREFLIGHT": "off"})
	b.mrz.Answer(fakemrz.Lines(card[0][:29], card[1], strings.TrimRight(card[2], "<")))
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("card.jpg", smallPhoto(t, specimen.Plain, 7), 0o600))
	code, stdout, stderr := run(t, "", b.environ, "read", "--engine", "api", "card.jpg")
	require.Equal(t, exitFine, code, stderr)
	require.Equal(t, strings.Join(card, "\n")+"\n", stdout)
	require.Contains(t, stderr, "(fillers came lost or as other signs, and were put back; all check digits hold)")

	_, stdout, _ = run(t, "", b.environ, "read", "--engine", "api", "--json", "card.jpg")
	var got struct {
		Lines   []string
		Repairs []mrz.Repair
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &got))
	require.Equal(t, card, got.Lines)
	require.Equal(t, mrz.Repair{Line: 1, Column: 30, To: "<"}, got.Repairs[0])
}

// TestReadReportsFurtherZones: a second document in the picture is a report of
// its own.
func TestReadReportsFurtherZones(t *testing.T) {
	first, second := specimen.Invent("TD1", 1), specimen.Invent("TD3", 2)
	report := localReport("two.jpg", mrzimage.Result{
		Verdict: mrzimage.VerdictOK, Lines: first,
		Also: []mrzimage.Result{{Verdict: mrzimage.VerdictDoubtful, Lines: second}},
	}, nil, time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC))
	require.Equal(t, first, report.Lines)
	require.Len(t, report.Also, 1)
	require.Equal(t, second, report.Also[0].Lines)
	require.Equal(t, mrz.TD3, report.Also[0].Format)
	require.Contains(t, report.notes(), "another MRZ is in the picture: --json shows it")
}

// TestReadProgress: a long run says how far it is, at most so often, and a
// short one nothing.
func TestReadProgress(t *testing.T) {
	var out bytes.Buffer
	count := progress{out: &out, all: 200}
	for i := range 200 {
		r := readReport{Verdict: mrzimage.VerdictOK}
		if i == 7 {
			r.Verdict = mrzimage.VerdictDoubtful
		}
		count.add(r)
	}
	count.end()
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, mostLines)
	require.Equal(t, "10 of 200 pictures: 9 ok, 1 doubtful, 0 without an MRZ that can be read", lines[0])
	require.Equal(t, "200 of 200 pictures: 199 ok, 1 doubtful, 0 without an MRZ that can be read", lines[mostLines-1])

	out.Reset()
	count = progress{out: &out, all: manyPictures - 1}
	for range manyPictures - 1 {
		count.add(readReport{})
	}
	count.end()
	require.Empty(t, out.String())
}
