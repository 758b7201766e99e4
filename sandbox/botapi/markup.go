package botapi

import (
	"encoding/json"
	"net/url"
	"slices"
)

// Limits of keyboards. The first three are documented; Telegram trims or
// refuses keyboards beyond the others.
const (
	MaxCallbackData = 64  // bytes
	MaxCopyText     = 256 // characters
	MaxPickedUsers  = 10
	MaxButtons      = 100
	MaxButtonsInRow = 8
)

// Button is one button of an inline keyboard; exactly one of Data, URL and
// Copy is set.
type Button struct {
	Text  string `json:"text"`
	Style string `json:"style,omitempty"`
	Data  string `json:"callback_data,omitempty"`
	URL   string `json:"url,omitempty"`
	Copy  *Copy  `json:"copy_text,omitempty"`
}

// Copy is what a copy button puts on the clipboard.
type Copy struct {
	Text string `json:"text"`
}

// Key is one button of a reply keyboard: it sends its text, unless it asks
// for users, the contact or the location.
type Key struct {
	Text            string    `json:"text"`
	Style           string    `json:"style,omitempty"`
	RequestUsers    *UserPick `json:"request_users,omitempty"`
	RequestContact  bool      `json:"request_contact,omitempty"`
	RequestLocation bool      `json:"request_location,omitempty"`
}

// UserPick is a request for one or more users.
type UserPick struct {
	RequestID       int   `json:"request_id"`
	UserIsBot       *bool `json:"user_is_bot,omitempty"`
	MaxQuantity     int   `json:"max_quantity,omitempty"`
	RequestName     bool  `json:"request_name,omitempty"`
	RequestUsername bool  `json:"request_username,omitempty"`
}

// Markup is a reply_markup of any kind.
type Markup struct {
	Inline     [][]Button `json:"inline_keyboard"`
	Keys       [][]Key    `json:"keyboard"`
	Remove     bool       `json:"remove_keyboard"`
	ForceReply bool       `json:"force_reply"`
	OneTime    bool       `json:"one_time_keyboard"`
	Holder     string     `json:"input_field_placeholder"`
}

// ReadMarkup reads and checks reply_markup; nil when there is none. Texts
// come tidied: what a person copies has no tabs.
func ReadMarkup(q *Request) (*Markup, *Error) {
	raw, given := q.Fields["reply_markup"]
	if !given {
		return nil, nil
	}
	var m Markup
	if json.Unmarshal([]byte(raw), &m) != nil {
		return nil, BadRequest("can't parse reply keyboard markup JSON object")
	}
	if err := checkRows(m.Inline); err != nil {
		return nil, err
	}
	if err := checkRows(m.Keys); err != nil {
		return nil, err
	}
	if hasEmptyData(raw) {
		return nil, BadRequest("BUTTON_DATA_INVALID")
	}
	for _, row := range m.Inline {
		for i := range row {
			if err := row[i].check(); err != nil {
				return nil, err
			}
		}
	}
	for _, row := range m.Keys {
		for i := range row {
			if err := row[i].check(); err != nil {
				return nil, err
			}
		}
	}
	return &m, nil
}

// hasEmptyData finds callback_data that is given and empty, which the zero
// value of Button hides.
func hasEmptyData(raw string) bool {
	var keyboard struct {
		Rows [][]struct {
			Data *string `json:"callback_data"`
		} `json:"inline_keyboard"`
	}
	_ = json.Unmarshal([]byte(raw), &keyboard) // ReadMarkup has read it before
	for _, row := range keyboard.Rows {
		for _, b := range row {
			if b.Data != nil && *b.Data == "" {
				return true
			}
		}
	}
	return false
}

func checkRows[T any](rows [][]T) *Error {
	total := 0
	for _, row := range rows {
		if len(row) > MaxButtonsInRow {
			return BadRequest("a keyboard's row has more than %d buttons", MaxButtonsInRow)
		}
		total += len(row)
	}
	if total > MaxButtons {
		return BadRequest("reply markup is too long")
	}
	return nil
}

var styles = []string{"", "danger", "success", "primary"}

func (b *Button) check() *Error {
	if b.Text = Plain(b.Text); b.Text == "" {
		return BadRequest("can't parse inline keyboard button: the text is empty")
	}
	if !slices.Contains(styles, b.Style) {
		return BadRequest("can't parse inline keyboard button: unknown style")
	}
	actions := 0
	if b.Data != "" {
		actions++
		if len(b.Data) > MaxCallbackData {
			return BadRequest("BUTTON_DATA_INVALID")
		}
	}
	if b.URL != "" {
		actions++
		u, err := url.Parse(b.URL)
		if err != nil || !slices.Contains([]string{"http", "https", "tg", "ton"}, u.Scheme) {
			return BadRequest("inline keyboard button URL is invalid")
		}
	}
	if b.Copy != nil {
		actions++
		b.Copy.Text = Plain(b.Copy.Text)
		if n := len([]rune(b.Copy.Text)); n < 1 || n > MaxCopyText {
			return BadRequest("BUTTON_COPY_TEXT_INVALID")
		}
	}
	if actions != 1 {
		return BadRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
	}
	return nil
}

func (k *Key) check() *Error {
	if k.Text = Plain(k.Text); k.Text == "" {
		return BadRequest("can't parse keyboard button: the text is empty")
	}
	if !slices.Contains(styles, k.Style) {
		return BadRequest("can't parse keyboard button: unknown style")
	}
	actions := 0
	for _, set := range []bool{k.RequestUsers != nil, k.RequestContact, k.RequestLocation} {
		if set {
			actions++
		}
	}
	if actions > 1 {
		return BadRequest("can't parse keyboard button: it asks for more than one thing")
	}
	if p := k.RequestUsers; p != nil && (p.MaxQuantity < 0 || p.MaxQuantity > MaxPickedUsers) {
		return BadRequest("can't parse keyboard button: max_quantity must be from 1 to %d", MaxPickedUsers)
	}
	return nil
}
