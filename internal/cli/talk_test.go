package cli

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	fakemrz "mrzbot/sandbox/mrz"
	faketelegram "mrzbot/sandbox/telegram"
)

var update = flag.Bool("update", false, "rewrite the talks with what is said now")

// TestTalks plays every talk in testdata/talks against the real program by long
// polling, and some, with MRZBOT_TESTS=all every one, by webhook, too. A talk is a text
// file:
//
//	# a remark
//	setting DAILY_ATTEMPTS=3
//	person aibek 2001            a user with that id and an English phone; "admin" behind it puts
//	                             it into ADMIN_IDS
//	person aibek 2001 ky         one whose phone speaks Kyrgyz
//	aibek's phone speaks ru      from now on
//	person bob 3031 named "B\n"  one whose name at Telegram is that
//	aibek: /start                what they write, ⏎ for the end of a line; "aibek (to last): …" replies to
//	                             their last message, "aibek (to the answer): …" to the bot's
//	aibek sends photo card       see talk.send for the kinds
//	aibek presses Cancel         on the newest message that has the button
//	aibek presses it again       also when the button is gone, as a clever client can
//	nurlan presses aibek's Cancel  that of aibek's chat, as if it were in his own
//	gulnara picks aibek, bakyt   with the key that opens Telegram's list of people
//	aibek opens gulnara's link   the last one that she was sent, as it was then
//	service answers unreadable   a name of fakemrz.AnswerNames, or an MRZ: LINE|LINE|LINE
//	calls are shown              how many calls the service gets is seen from now on; not where photos
//	                             of an album wait, which is when the clock goes on by itself
//	clock +1h
//
// Lines that begin with "  " are what people then see; -update rewrites them.
func TestTalks(t *testing.T) {
	files, err := filepath.Glob("testdata/talks/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	const some = 10
	for i, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(name+"/polling", func(t *testing.T) { t.Parallel(); playFile(t, file, false) })
		if !*update && (i%some == 0 || allTests()) {
			t.Run(name+"/webhook", func(t *testing.T) { t.Parallel(); playFile(t, file, true) })
		}
	}
}

func playFile(t *testing.T, file string, webhook bool) {
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	got := newTalk(t, string(want), webhook).play(string(want))
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
		return
	}
	require.Equal(t, string(want), got, "go test ./internal/cli -run TestTalks -update rewrites the talks")
}

// talk is a talk being played.
type talk struct {
	*bench
	people  map[string]faketelegram.Person
	names   map[int64]string
	last    map[string]int // person → id of their last message
	seen    map[int64]int64
	photos  map[string][]byte
	presses map[string]pressed // what each person pressed last
	albums  int
	labels  map[int]string    // message → what it is called when something replies to it
	keys    map[string]string // person → the keys that they see in the place of their keyboard
	links   map[string]string // person → the start code of the last link that they were sent
	calls   *int              // how many calls the service had when that was shown last; nil: it is not shown
}

// newTalk starts the program with the settings and people of a talk.
func newTalk(t *testing.T, script string, webhook bool) *talk {
	settings := map[string]string{}
	k := &talk{people: map[string]faketelegram.Person{}, names: map[int64]string{}, last: map[string]int{}, seen: map[int64]int64{}, photos: map[string][]byte{}, presses: map[string]pressed{}, labels: map[int]string{}, keys: map[string]string{}, links: map[string]string{}}
	var admins []string
	for line := range strings.Lines(script) {
		line, quoted, named := strings.Cut(strings.TrimSpace(line), " named ")
		f := strings.Fields(line)
		switch {
		case len(f) == 2 && f[0] == "setting":
			name, value, _ := strings.Cut(f[1], "=")
			settings[name] = value
		case len(f) >= 3 && f[0] == "person":
			id, err := strconv.ParseInt(f[2], 10, 64)
			require.NoError(t, err)
			p := faketelegram.Person{ID: id, FirstName: strings.ToUpper(f[1][:1]) + f[1][1:], LanguageCode: "en"}
			if named {
				p.FirstName, err = strconv.Unquote(quoted)
				require.NoError(t, err)
			}
			for _, word := range f[3:] {
				if word == "admin" {
					admins = append(admins, f[2])
				} else {
					p.LanguageCode = word
				}
			}
			k.people[f[1]], k.names[id] = p, f[1]
		}
	}
	settings["ADMIN_IDS"] = strings.Join(admins, ",")
	k.bench = newBench(t, settings)
	k.mrz.Answer(fakemrz.Lines(card...))
	if webhook {
		k.byWebhook()
	}
	k.clock.stop() // nothing is tried again because the machine is slow
	k.start()
	return k
}

// play does what the script says and writes it again with what people see.
func (k *talk) play(script string) string {
	var out strings.Builder
	lines := bufio.NewScanner(strings.NewReader(script))
	for lines.Scan() {
		line := lines.Text()
		if strings.HasPrefix(line, "  ") {
			continue // what was seen the last time
		}
		out.WriteString(line + "\n")
		k.forward(time.Millisecond) // no two things happen at the same moment
		if k.act(strings.TrimSpace(line)) {
			k.quiet()
			out.WriteString(k.news())
		}
	}
	return out.String()
}

var (
	says    = regexp.MustCompile(`^(\w+)(?: \(to (?:last|the answer)\))?: (.*)$`)
	sends   = regexp.MustCompile(`^(\w+) sends (.+)$`)
	presses = regexp.MustCompile(`^(\w+) presses (.+)$`)
)

// act does one line; false when there is nothing to do.
func (k *talk) act(line string) bool {
	switch m := says.FindStringSubmatch(line); {
	case line == "" || line[0] == '#' || strings.HasPrefix(line, "setting ") || strings.HasPrefix(line, "person "):
		return false
	case m != nil:
		p := k.person(m[1])
		var options []faketelegram.Option
		if strings.Contains(line, "(to last):") {
			options = append(options, faketelegram.ReplyTo(k.last[m[1]]))
		}
		if strings.Contains(line, "(to the answer):") {
			options = append(options, faketelegram.ReplyTo(k.answer(p)))
		}
		k.did(m[1], "message", k.telegram.Say(p, strings.ReplaceAll(m[2], "⏎", "\n"), options...))
		return true
	}
	if m := sends.FindStringSubmatch(line); m != nil {
		k.send(m[1], strings.Fields(m[2]))
		return true
	}
	if m := presses.FindStringSubmatch(line); m != nil {
		k.press(m[1], m[2])
		return true
	}
	if lead, ok := strings.CutPrefix(line, "clock +"); ok {
		d, err := time.ParseDuration(lead)
		require.NoError(k.t, err)
		k.forward(d)
		return true
	}
	if answer, ok := strings.CutPrefix(line, "service answers "); ok {
		k.mrz.Answer(k.service(answer))
		return false
	}
	if line == "calls are shown" {
		k.calls = new(int)
		*k.calls = k.mrz.Counts().Begun
		return false
	}
	if who, language, ok := strings.Cut(line, "'s phone speaks "); ok {
		p := k.person(who)
		p.LanguageCode = language
		k.people[who] = p
		return false
	}
	if who, picked, ok := strings.Cut(line, " picks "); ok {
		k.pick(k.person(who), strings.Split(picked, ", "))
		return true
	}
	if who, whose, ok := strings.Cut(strings.TrimSuffix(line, "'s link"), " opens "); ok {
		require.NotEmpty(k.t, k.links[whose], "no link was sent to %s", whose)
		k.did(who, "message", k.telegram.Say(k.person(who), "/start "+k.links[whose]))
		return true
	}
	if who, ok := strings.CutSuffix(line, " blocks the bot"); ok {
		k.telegram.Block(k.person(who))
		return true
	}
	k.t.Fatalf("what is this line? %q", line)
	return false
}

// pick picks people with the key that somebody sees.
func (k *talk) pick(p faketelegram.Person, names []string) {
	var people []faketelegram.Person
	for _, name := range names {
		people = append(people, k.person(name))
	}
	request := 0 // a key that is gone
	rows, _ := k.telegram.Keyboard(p.ID)
	for _, key := range slices.Concat(rows...) {
		if key.RequestUsers != nil {
			request = key.RequestUsers.RequestID
		}
	}
	require.NotZero(k.t, k.telegram.ShareUsers(p, request, people...))
}

// startLink is a link that starts the bot with a code.
var startLink = regexp.MustCompile(`https://t\.me/mrz_sandbox_bot\?start=([\w-]{22})`)

// newKeys says which keys somebody sees now who saw others before.
func (k *talk) newKeys(id int64) string {
	keys, name := "", k.names[id]
	rows, _ := k.telegram.Keyboard(id)
	for _, key := range slices.Concat(rows...) {
		keys += "[" + key.Text + "]"
	}
	if keys == k.keys[name] {
		return ""
	}
	k.keys[name] = keys
	if keys == "" {
		keys = "none"
	}
	return fmt.Sprintf("  %s's keys: %s\n", name, keys)
}

// service gives an answer of the MRZ API by its name, or one with these lines.
func (k *talk) service(name string) fakemrz.Answer {
	if strings.Contains(name, "|") {
		return fakemrz.Lines(strings.Split(name, "|")...)
	}
	if name == "the card" {
		return fakemrz.Lines(card...)
	}
	a, ok := fakemrz.AnswerNamed(name)
	require.True(k.t, ok, "no answer %q", name)
	if a.Status == 0 {
		a.Lines = card
	}
	return a
}

func (k *talk) person(name string) faketelegram.Person {
	p, ok := k.people[name]
	require.True(k.t, ok, "no person %q", name)
	return p
}

// answer is the bot's newest message to somebody.
func (k *talk) answer(p faketelegram.Person) int {
	for _, m := range slices.Backward(k.telegram.Messages(p.ID)) {
		if m.FromBot {
			return m.ID
		}
	}
	k.t.Fatalf("nothing was said to %d", p.ID)
	return 0
}

// did remembers what somebody sent, for replies to it.
func (k *talk) did(who, what string, id int) {
	require.NotZero(k.t, id)
	k.last[who] = id
	k.labels[id] = who + "'s " + what
}

// press presses a button of the newest message that has it.
func (k *talk) press(who, button string) {
	p := k.person(who)
	if button == "it again" {
		last := k.presses[who]
		last.query = k.telegram.PressForgotten(p, last.message, last.data)
		k.presses[who] = last
		return
	}
	owner := who
	if other, of, ok := strings.Cut(button, "'s "); ok {
		owner, button = other, of
	}
	messages := k.telegram.Messages(k.person(owner).ID)
	for _, m := range slices.Backward(messages) {
		for _, row := range m.Buttons {
			for _, b := range row {
				if b.Text != button {
					continue
				}
				last := pressed{message: m.ID, data: b.Data}
				if owner != who {
					last.query = k.telegram.PressForgotten(p, m.ID, b.Data)
				} else {
					var err error
					last.query, err = k.telegram.Press(p, m.ID, button)
					require.NoError(k.t, err)
				}
				k.presses[who] = last
				return
			}
		}
	}
	k.t.Fatalf("%s sees no button %q", who, button)
}

// pressed is a press of a button.
type pressed struct {
	query   string // "": its answer was shown
	message int
	data    string
}

// news is what everybody sees that they had not seen.
func (k *talk) news() string {
	var out strings.Builder
	ids := make([]int64, 0, len(k.names))
	for id := range k.names {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		if p := k.presses[k.names[id]]; p.query != "" {
			if a, ok := k.telegram.Answer(p.query); ok && a.Text != "" {
				fmt.Fprintf(&out, "  %s reads: %s\n", k.names[id], a.Text)
			}
			p.query = ""
			k.presses[k.names[id]] = p
		}
		changes, version := k.telegram.Changes(id, k.seen[id])
		k.seen[id] = version
		for _, m := range changes {
			what := ""
			switch {
			case m.Deleted:
				what = "(deleted) " + k.labels[m.ID]
			case !m.FromBot && m.Reaction != "":
				what = m.Reaction + " at " + k.labels[m.ID]
			case !m.FromBot:
				continue
			default:
				what = show(m, func(id int) string { return k.labels[id] })
				if k.labels[m.ID] != "" { // seen before; who changes it first is a matter of speed
					what = "(edited) " + what
				}
				k.labels[m.ID] = "the bot's message"
				if link := startLink.FindStringSubmatch(what); link != nil {
					k.links[k.names[id]] = link[1]
				}
				what = startLink.ReplaceAllString(what, "https://t.me/mrz_sandbox_bot?start=…") // another one each time
			}
			fmt.Fprintf(&out, "  %s sees: %s\n", k.names[id], strings.ReplaceAll(what, "\n", "\n    "))
		}
		out.WriteString(k.newKeys(id))
	}
	if k.calls != nil {
		if n := k.mrz.Counts().Begun; n != *k.calls {
			fmt.Fprintf(&out, "  the service gets: %d\n", n-*k.calls)
			*k.calls = n
		}
	}
	return out.String()
}

// marked is a message's text with its entities as signs: *bold*, `code`, blocks
// that copy at a tap between ```, and what unfolds at a tap between ~~~.
func marked(m faketelegram.Message) string {
	signs := map[string]string{"bold": "*", "code": "`", "pre": "```", "expandable_blockquote": "~~~"}
	units := utf16.Encode([]rune(m.Text))
	var out strings.Builder
	for i := 0; i <= len(units); i++ {
		for _, e := range m.Entities {
			if sign := signs[string(e.Type)]; sign != "" && (e.Offset == i || e.Offset+e.Length == i) {
				out.WriteString(sign)
			}
		}
		if i < len(units) {
			r := rune(units[i])
			if utf16.IsSurrogate(r) && i+1 < len(units) {
				r = utf16.DecodeRune(r, rune(units[i+1]))
				i++
			}
			out.WriteRune(r)
		}
	}
	return out.String()
}
