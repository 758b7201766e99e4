package page

import (
	"slices"
	"sync"
	"time"

	fakemrz "mrzbot/sandbox/mrz"
	faketelegram "mrzbot/sandbox/telegram"
)

// Switch is something that goes wrong on demand. Seen says in one line what an
// agent notices.
type Switch struct {
	Name  string `json:"name"`
	Group string `json:"group"`
	Label string `json:"label"`
	Seen  string `json:"seen"`
	On    bool   `json:"on"`
}

// How strongly things go wrong when they are switched on.
const (
	pageRetryAfter = 3               // seconds a 429 of the page asks for
	pageLate       = 5 * time.Second // updates and pictures that come late
	pageMix        = 4 * time.Second // updates that come together in reverse
	pageSlow       = 4 * time.Second // an answer of the service that takes its time
)

// choices are the answers of the service that the page offers: one at a time.
var choices = []Switch{
	{"ok", "It answers", "It reads the picture", "The fields, and what protects each of them.", true},
	{"misread", "It answers", "It misreads a character", "The check digit decides, or the answer asks about the repair.", false},
	{"misread_name", "It answers", "It misreads a letter of the name", "Both readings, and a button for each: no check digit looks there.", false},
	{"unreadable", "It answers", "It cannot read the picture (422)", "Which side, light and frame it takes. It counts.", false},
	{"failed_object", "It answers", "It answers “result”: false", "The same as a 422: a 200 can be a failure.", false},

	{"not_started", "It refuses", "Subscription has not started (400)", "That the service refuses; the admins are told why.", false},
	{"no_subscription", "It refuses", "No active or future subscription (400)", "That the service refuses; the admins are told why.", false},
	{"client_no_subscription", "It refuses", "No subscription at all (400)", "That the service refuses; the admins are told why.", false},
	{"no_access", "It refuses", "MRZ is not part of it (400)", "That the service refuses; the admins are told why.", false},
	{"max_attempts", "It refuses", "Max attempts exceeded (400)", "That no more attempts are left; the admins are told.", false},
	{"bad_key", "It refuses", "The key is wrong (401)", "That the key is refused; the admins are told.", false},
	{"too_large", "It refuses", "The picture is too large (413)", "How to send it instead. It does not count.", false},
	{"bad_image", "It refuses", "It does not take this picture (400)", "How to send it instead. It does not count.", false},

	{"busy", "It is down", "Busy (429)", "The photo waits in line, and is read when the service has time.", false},
	{"government", "It is down", "Government service error (424)", "The photo waits in line, and is read when it is back.", false},
	{"unavailable", "It is down", "Service not available (503)", "The photo waits in line, and is read when it is back.", false},

	{"blocked", "It is down", "A firewall answers instead (403)", "The photo waits in line; the admins are told what is in the way.", false},
	{"login_page", "It is down", "A login page answers instead (200)", "The photo waits in line; the admins are told what is in the way.", false},

	{"service_error", "Nobody knows", "It reports a fault of its own (200)", "That it may cost to ask again: a button. It does not count.", false},
	{"internal", "Nobody knows", "An error of its own (500)", "That nobody knows whether it was charged: no second call by itself.", false},
	{"bad_gateway", "Nobody knows", "A gateway’s page (502)", "The same: a paid call is never repeated by itself.", false},
	{"gateway_timeout", "Nobody knows", "The gateway gives up (504)", "The same: a paid call is never repeated by itself.", false},
	{"cut_before", "Nobody knows", "It hangs up before it has the picture", "Mostly that nobody knows: all of it had left the bot by then.", false},
	{"cut_in_body", "Nobody knows", "It hangs up within the picture", "The photo waits, or nobody knows: as far as the picture got.", false},
	{"cut_after", "Nobody knows", "It takes the picture and hangs up", "That nobody knows whether it was charged.", false},
	{"cut_in_answer", "Nobody knows", "It hangs up within the answer", "That nobody knows whether it was charged.", false},
	{"slow", "Nobody knows", "It never answers", "After ten seconds: that nobody knows whether it was charged.", false},
	{"garbage", "Nobody knows", "It answers nonsense", "That the answer makes no sense, and a button; the admins are told.", false},
}

// troubles are what may go wrong beside that: any number at a time. on starts
// one, and gives what ends it.
var troubles = []struct {
	Switch
	on func(t *faketelegram.Server, m *fakemrz.Server) (off func(), spent func() bool)
}{
	{Switch{"slow_service", "The service", "It takes 4 seconds more", "“typing…” for longer.", false},
		lasting(func(_ *faketelegram.Server, m *fakemrz.Server) func() { m.Slow(pageSlow); return func() { m.Slow(0) } })},
	{Switch{"late", "On the way to the bot", "Updates come 5 s late", "The same answers, later.", false},
		lasting(func(t *faketelegram.Server, _ *fakemrz.Server) func() { t.Late(pageLate); return func() { t.Late(0) } })},
	{Switch{"twice", "On the way to the bot", "Every update comes twice", "Nothing: each photo is read once.", false},
		lasting(func(t *faketelegram.Server, _ *fakemrz.Server) func() {
			t.DeliverTwice(-1)
			return func() { t.DeliverTwice(0) }
		})},
	{Switch{"mixed", "On the way to the bot", "Updates come out of order", "Every photo is answered, in another order.", false},
		lasting(func(t *faketelegram.Server, _ *fakemrz.Server) func() { t.Mix(pageMix); return func() { t.Mix(0) } })},
	{Switch{"files_down", "On the way to the bot", "Pictures cannot be fetched", "The photo waits, and is fetched when it works again.", false},
		fails(faketelegram.Fault{Method: faketelegram.FileCall, Status: 502, HTML: true})},
	{Switch{"files_slow", "On the way to the bot", "Pictures come 5 s late", "“typing…” for longer.", false},
		fails(faketelegram.Fault{Method: faketelegram.FileCall, Delay: pageLate})},
	{Switch{"too_many", "Telegram, when the bot calls", "Too many requests (429)", "The answer comes when Telegram takes it again.", false},
		fails(faketelegram.Fault{Method: "sendMessage", Status: 429, RetryAfter: pageRetryAfter})},
	{Switch{"broken", "Telegram, when the bot calls", "Server errors (502)", "The answer comes when Telegram is well again.", false},
		fails(faketelegram.Fault{Status: 502, HTML: true})},
	{Switch{"outage", "Telegram, when the bot calls", "Telegram cannot be reached", "The answer comes when it is back.", false},
		fails(faketelegram.Fault{Cut: faketelegram.CutBefore})},
	{Switch{"lost", "Telegram, when the bot calls", "The next reply’s confirmation is lost", "The reply twice: the bot cannot know that it arrived.", false},
		fails(faketelegram.Fault{Method: "sendMessage", Cut: faketelegram.CutAfter, Times: 1})},
}

func fails(f faketelegram.Fault) func(*faketelegram.Server, *fakemrz.Server) (func(), func() bool) {
	return func(t *faketelegram.Server, _ *fakemrz.Server) (func(), func() bool) { return t.Arm(f) }
}

// lasting is a trouble that stays until it is switched off.
func lasting(on func(*faketelegram.Server, *fakemrz.Server) func()) func(*faketelegram.Server, *fakemrz.Server) (func(), func() bool) {
	return func(t *faketelegram.Server, m *fakemrz.Server) (func(), func() bool) {
		return on(t, m), func() bool { return false }
	}
}

// trouble is one that is on.
type trouble struct {
	off   func()
	spent func() bool
}

// switches are those of the page, with what ends each that is on.
type switches struct {
	telegram *faketelegram.Server
	mrz      *fakemrz.Server

	mu sync.Mutex
	on map[string]trouble
}

func newSwitches(t *faketelegram.Server, m *fakemrz.Server) *switches {
	return &switches{telegram: t, mrz: m, on: map[string]trouble{}}
}

// list is all switches with their state now.
func (s *switches) list() (answers, others []Switch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	usual := s.mrz.Usual().Name()
	for _, c := range choices {
		c.On = c.Name == usual
		answers = append(answers, c)
	}
	for _, row := range troubles {
		going, isOn := s.on[row.Name]
		row.On = isOn && !going.spent()
		others = append(others, row.Switch)
	}
	return answers, others
}

// choose sets what the service answers; false: there is no such choice.
func (s *switches) choose(name string) bool {
	if !slices.ContainsFunc(choices, func(c Switch) bool { return c.Name == name }) {
		return false
	}
	answer, known := fakemrz.AnswerNamed(name)
	if known {
		s.mrz.Answer(answer)
	}
	return known
}

// set turns a trouble on or off; false: there is no such one.
func (s *switches) set(name string, on bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, row := range troubles {
		if row.Name != name {
			continue
		}
		if going, isOn := s.on[name]; isOn && (!on || going.spent()) {
			going.off()
			delete(s.on, name)
		}
		if _, isOn := s.on[name]; on && !isOn {
			off, spent := row.on(s.telegram, s.mrz)
			s.on[name] = trouble{off, spent}
		}
		return true
	}
	return false
}

// mend turns everything off that is on.
func (s *switches) mend() {
	for _, row := range troubles {
		s.set(row.Name, false)
	}
	s.choose(choices[0].Name)
}
