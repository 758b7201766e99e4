package faults

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"image"
	"image/jpeg"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage"
	faketelegram "mrzbot/sandbox/telegram"
)

var admin = faketelegram.Person{ID: 1001, FirstName: "Gulnara", LanguageCode: "en"}

// agents are people who were let in.
func agents(n int) []faketelegram.Person {
	list := make([]faketelegram.Person, n)
	for i := range list {
		list[i] = faketelegram.Person{ID: int64(2001 + i), FirstName: "Agent" + strconv.Itoa(i), LanguageCode: "en"}
	}
	return list
}

// crowd is the people who use the bot on a stage, and what each of them sent
// and got.
type crowd struct {
	*stage
	agents   []faketelegram.Person
	photos   map[int]*photo // by message
	orders   []*order
	presses  []string           // of buttons that always work
	canceled map[int64][]*photo // person → what they had sent when they canceled
	serial   int
	seen     map[int64]int64 // chat → the version of its messages looked at
	heard    map[int]bool    // messages
	sums     map[sum][]*photo
}

// sum tells pictures apart.
type sum = [sha256.Size]byte

// photo is a picture that somebody sent.
type photo struct {
	person  faketelegram.Person
	message int
	data    []byte   // to send it again
	sum     sum      // of what the service is to get
	born    int      // how often the program had been killed before
	died    int      // and before its last answer so far
	answers []string // the last words it got, in order
	unknown int      // the message that offers to read it again; 0: none
	offers  string   // and its text
	again   []string // presses of that button
	// againAbove are presses of it under a repeated answer: they have the photo read
	// again that was sent before.
	againAbove []string
}

// order is a command whose answer can be told from all others.
type order struct {
	number  int
	message int
	answers int
	first   int // the message that answered first
}

func newCrowd(s *stage, n int) *crowd {
	c := &crowd{stage: s, agents: agents(n), photos: map[int]*photo{}, canceled: map[int64][]*photo{},
		seen: map[int64]int64{}, heard: map[int]bool{}, sums: map[sum][]*photo{}}
	s.seed(c.agents...)
	return c
}

// picture makes a picture that nobody else sends. The padding is what makes
// it take its time on the wire.
func (c *crowd) picture(padding int) []byte {
	c.serial++
	img := image.NewGray(image.Rect(0, 0, 64, 40))
	for i := range img.Pix {
		img.Pix[i] = byte(i * c.serial)
	}
	for i, digit := range fmt.Sprintf("%08d", c.serial) {
		block := image.Rect(8*i, 0, 8*i+8, 8) // a block of the JPEG for each digit
		for y := block.Min.Y; y < block.Max.Y; y++ {
			for x := block.Min.X; x < block.Max.X; x++ {
				img.Pix[img.PixOffset(x, y)] = byte(digit-'0') * 25
			}
		}
	}
	var b bytes.Buffer
	require.NoError(c.t, jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}))
	return append(b.Bytes(), make([]byte, padding)...)
}

// photo sends a compressed photo.
func (c *crowd) photo(p faketelegram.Person, padding int) *photo {
	data := c.picture(padding)
	return c.send(p, data)
}

func (c *crowd) send(p faketelegram.Person, data []byte) *photo {
	id, err := c.telegram.SendPhoto(p, data, "", faketelegram.Unchanged())
	require.NoError(c.t, err)
	return c.sent(p, id, data, data)
}

// twice sends a photo of before once more: the same file of the same person.
func (c *crowd) twice(ph *photo) { c.send(ph.person, ph.data) }

// file sends a picture as a file.
func (c *crowd) file(p faketelegram.Person) *photo {
	data := c.picture(0)
	bare, err := mrzimage.StripMetadata(data)
	require.NoError(c.t, err)
	return c.sent(p, c.telegram.SendDocument(p, "card.jpg", "image/jpeg", data, ""), nil, bare)
}

func (c *crowd) sent(p faketelegram.Person, id int, data, toService []byte) *photo {
	ph := &photo{person: p, message: id, data: data, sum: sha256.Sum256(toService), born: c.killed()}
	if len(data) > 1<<20 {
		ph.data = nil // large ones are sent once: memory
	}
	c.photos[id], c.sums[ph.sum] = ph, append(c.sums[ph.sum], ph)
	return ph
}

// readAgain presses the button of a photo of which nobody knows what became.
func (c *crowd) readAgain(ph *photo) {
	if id, err := c.telegram.Press(ph.person, ph.unknown, "Read again"); err == nil {
		if repeated(ph.offers) {
			ph.againAbove = append(ph.againAbove, id)
		} else {
			ph.again = append(ph.again, id)
		}
	}
	ph.unknown = 0
}

// cancel presses the button of the message that says that photos wait, if
// there is one.
func (c *crowd) cancel(p faketelegram.Person) {
	for _, m := range c.telegram.Messages(p.ID) {
		if !m.FromBot || m.Deleted || len(m.Buttons) == 0 || !strings.Contains(m.Text, "in line") {
			continue
		}
		if _, err := c.telegram.Press(p, m.ID, "Cancel"); err == nil {
			for _, ph := range c.photos {
				if ph.person.ID == p.ID {
					c.canceled[p.ID] = append(c.canceled[p.ID], ph)
				}
			}
		}
	}
}

// order has the admin give somebody a limit that was never given before. It is
// that of an agent who sends no photos: the last of the crowd.
func (c *crowd) order() {
	o := &order{number: 10_000 + len(c.orders)}
	c.orders = append(c.orders, o)
	o.message = c.telegram.Say(admin, fmt.Sprintf("/limit %d %d", c.idle().ID, o.number))
}

// idle is the agent who sends no photos.
func (c *crowd) idle() faketelegram.Person { return c.agents[len(c.agents)-1] }

// busyAgent is one of the others, by the dice.
func (c *crowd) busyAgent() faketelegram.Person { return c.agents[c.dice.IntN(len(c.agents)-1)] }

// list has the admin ask who may use the bot.
func (c *crowd) list() { c.telegram.Say(admin, "/users") }

// press presses a button of the newest list, if there is one.
func (c *crowd) press() {
	all := c.telegram.Messages(admin.ID)
	for i := len(all) - 1; i >= 0; i-- {
		if m := all[i]; m.FromBot && !m.Deleted && len(m.Buttons) > 0 {
			if id, err := c.telegram.PressIndex(admin, m.ID, 0); err == nil {
				c.presses = append(c.presses, id)
			}
			return
		}
	}
}

var (
	attemptOf = regexp.MustCompile(`\b(\d+)(?: of \d+)? today(?:, (\d+) without an answer)?(?:, no limit)?`)
	limitOf   = regexp.MustCompile(`Attempts a day: (\d+)\.`)
)

// lastWord reports whether a reply is a photo's answer, and not the promise of
// one.
func lastWord(text string) bool {
	return attemptOf.MatchString(text) || strings.Contains(text, "Not counted.")
}

// look takes note of what the bot has said since the last look.
func (c *crowd) look() {
	for _, p := range append([]faketelegram.Person{admin}, c.agents...) {
		news, version := c.telegram.Changes(p.ID, c.seen[p.ID])
		c.seen[p.ID] = version
		for _, m := range news {
			if m.FromBot && m.EditDate.IsZero() && !c.heard[m.ID] {
				c.heard[m.ID] = true
				c.hear(m)
			}
		}
	}
}

func (c *crowd) hear(m faketelegram.Message) {
	if ph := c.photos[m.ReplyTo]; ph != nil && lastWord(m.Text) {
		ph.answers = append(ph.answers, m.Text)
		ph.died = c.killed() - ph.born
		ph.unknown = 0
		if strings.Contains(m.Text, "press Read again") {
			ph.unknown, ph.offers = m.ID, m.Text
		}
	}
	if found := limitOf.FindStringSubmatch(m.Text); found != nil {
		n, _ := strconv.Atoi(found[1]) // digits by the expression
		if i := n - 10_000; i >= 0 && i < len(c.orders) {
			o := c.orders[i]
			if o.answers == 0 {
				o.first = m.ID
			}
			o.answers++
		}
	}
}

// unanswered gives the photos without an answer.
func (c *crowd) unanswered() (open []*photo) {
	for _, ph := range c.photos {
		if len(ph.answers) == 0 && !slices.Contains(c.canceled[ph.person.ID], ph) {
			open = append(open, ph)
		}
	}
	return open
}

// unordered counts the commands without an answer.
func (c *crowd) unordered() (n int) {
	for _, o := range c.orders {
		if o.answers == 0 {
			n++
		}
	}
	return n
}
