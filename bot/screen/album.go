package screen

import (
	"slices"
	"strconv"
	"strings"

	"mrzbot/bot/chat"
	"mrzbot/bot/outcome"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// PictureState is how far a picture of an album is.
type PictureState string

// How far a picture is. The last five are its end, of which the first may be followed
// by another.
const (
	PictureReading PictureState = "reading"
	PictureWaiting PictureState = "waiting" // for the service or the download
	PictureAgain   PictureState = "again"   // its button was pressed, and it is being read
	PictureRead    PictureState = "read"    // its answer needs no second look
	PictureLook    PictureState = "look"    // its answer begins with what to look at
	PictureAsked   PictureState = "asked"   // its reply has a button that reads it
	PictureRefused PictureState = "refused" // it shows nothing of a card; only after a press it has a reply of its own
)

// mostOffers is of how many pictures that were stopped each has a button under the
// message: so many fit below it on a phone. Where more of one album were stopped, they
// were hardly all stopped wrongly, and each press costs an attempt.
const mostOffers = 4

// AlbumPicture is a picture of an album. It holds nothing that stands on a card.
type AlbumPicture struct {
	Message int            `json:"message"`
	State   PictureState   `json:"state"`
	Code    outcome.Code   `json:"code,omitempty"` // of one that was refused
	Detail  outcome.Detail `json:"detail,omitempty"`
	// Alike: what no check digit protects was read twice alike.
	Alike bool `json:"alike,omitempty"`
	// Offer is the name of the photo's task, of a picture that was stopped here and may
	// be sent all the same. It stays when it was.
	Offer string `json:"offer,omitempty"`
}

// Ended reports whether the picture has had its last word.
func (p AlbumPicture) Ended() bool {
	return p.State != PictureReading && p.State != PictureWaiting
}

// Open reports whether the picture may be sent all the same, and was not yet.
func (p AlbumPicture) Open() bool {
	return p.Offer != "" && p.State == PictureRefused && outcome.Of(p.Code).Stops
}

// Album is the one message about pictures that were sent together.
type Album struct {
	Pictures  []AlbumPicture // in their order in the album
	Localizer text.Localizer
	Count     storage.Count // of the day of the last that was counted; zero: none was
	Limit     int           // the person's attempts a day; 0: none
	Send      string        // what the data of the buttons begins with that send what was stopped
}

// Complete reports whether every picture has had its last word.
func (a Album) Complete() bool {
	return !slices.ContainsFunc(a.Pictures, func(p AlbumPicture) bool { return !p.Ended() })
}

// Message makes it: how far each picture is, and in the end what was read, and what
// is to be photographed again.
func (a Album) Message() (m chat.Message) {
	var r text.Builder
	if a.Complete() {
		a.summary(&r)
		m.AddRows(a.offerRows()...)
	} else {
		a.progress(&r)
	}
	m.Text, m.Entities = r.String(), r.Entities
	return m
}

func (a Album) progress(r *text.Builder) {
	ended := 0
	for _, p := range a.Pictures {
		if p.Ended() && p.State != PictureAgain {
			ended++
		}
	}
	r.Bold(a.Localizer.Text("album.progress", text.Args{"N": ended, "Of": len(a.Pictures)})).Add("\n")
	for i, p := range a.Pictures {
		r.Line(strconv.Itoa(i+1) + " " + a.Localizer.Text("album."+string(p.State), nil))
	}
}

func (a Album) summary(r *text.Builder) {
	read := append(a.numbers(PictureRead), a.numbers(PictureLook)...)
	r.Bold(a.Localizer.Text("album.summary", text.Args{"N": len(read), "Of": len(a.Pictures)}))
	switch {
	case a.Count.Settled > 0:
		r.Add(" · " + Used(a.Localizer, a.Count, a.Limit))
	case len(a.numbers(PictureAgain)) == 0:
		r.Add(" · " + a.Localizer.Text("album.not_counted", nil))
	}
	r.Add("\n")
	for _, state := range []PictureState{PictureLook, PictureAsked, PictureAgain} {
		if numbers := a.numbers(state); len(numbers) > 0 {
			r.Line(a.Localizer.Text("album.summary."+string(state), text.Args{"Numbers": ranges(numbers)}))
		}
	}
	a.again(r)
	if open, offered := a.offers(); open && len(offered) > mostOffers {
		r.Line(a.Localizer.Text("album.alone", nil))
	}
	if slices.ContainsFunc(a.Pictures, func(p AlbumPicture) bool {
		return (p.State == PictureRead || p.State == PictureLook) && !p.Alike
	}) {
		r.Line(a.Localizer.Text("album.names", nil))
	}
}

// again says of those that were refused why, each reason once.
func (a Album) again(r *text.Builder) {
	var reasons []string
	numbers := map[string][]int{}
	for i, p := range a.Pictures {
		if p.State != PictureRefused {
			continue
		}
		why := a.why(p)
		if numbers[why] == nil {
			reasons = append(reasons, why)
		}
		numbers[why] = append(numbers[why], i+1)
	}
	for _, why := range reasons {
		r.Line("❌ " + ranges(numbers[why]) + ": " + why)
	}
}

// why says why a picture was refused, in words that fit one picture and several;
// where there are none, in those of a reply to one.
func (a Album) why(p AlbumPicture) string {
	name := "album.why." + string(p.Code)
	if p.Detail != outcome.DetailNone {
		if detailed := "album.why." + string(p.Detail); a.Localizer.Has(detailed) {
			name = detailed
		}
	}
	if a.Localizer.Has(name) {
		return a.Localizer.Text(name, nil)
	}
	var r text.Builder
	Photo{Answer: Answer{Code: p.Code, Detail: p.Detail, Limit: a.Limit, Unanswered: a.Count.Unanswered}, Localizer: a.Localizer}.outcome(&r)
	return r.String()
}

// numbers gives the places in the album of the pictures in a state.
func (a Album) numbers(state PictureState) (all []int) {
	for i, p := range a.Pictures {
		if p.State == state {
			all = append(all, i+1)
		}
	}
	return all
}

// ranges writes numbers that rise: 1–3, 5.
func ranges(numbers []int) string {
	var parts []string
	for i := 0; i < len(numbers); {
		end := i
		for end+1 < len(numbers) && numbers[end+1] == numbers[end]+1 {
			end++
		}
		part := strconv.Itoa(numbers[i])
		switch end - i {
		case 0:
		case 1:
			part += ", " + strconv.Itoa(numbers[end])
		default:
			part += "–" + strconv.Itoa(numbers[end])
		}
		parts = append(parts, part)
		i = end + 1
	}
	return strings.Join(parts, ", ")
}
