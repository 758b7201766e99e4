package screen

import (
	"strconv"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/text"
)

// offers gives the places of the pictures that were stopped and may be sent all the
// same, or were, and whether one of them was not yet, or is being read.
func (a Album) offers() (open bool, offered []int) {
	for i, p := range a.Pictures {
		if p.Offer == "" {
			continue
		}
		offered = append(offered, i)
		open = open || p.Open() || p.State == PictureAgain
	}
	return open, offered
}

// offerRows are the buttons that have them sent, a row each. One that was pressed keeps
// its place while it is being read or others are open: a second tap must not meet
// another picture, which would be paid for, nor "Delete now".
func (a Album) offerRows() (rows [][]models.InlineKeyboardButton) {
	open, offered := a.offers()
	if !open || len(offered) > mostOffers {
		return nil
	}
	for _, i := range offered {
		p, args := a.Pictures[i], text.Args{"Photo": strconv.Itoa(i + 1)}
		label := a.Localizer.Text("button.anyway.photo", args)
		if !p.Open() {
			args["Sign"] = p.State.sign()
			label = a.Localizer.Text("button.anyway.taken", args)
		}
		rows = append(rows, []models.InlineKeyboardButton{{Text: label, CallbackData: a.Send + p.Offer}})
	}
	return rows
}

// sign is the one with which the message speaks of pictures that have come so far.
func (s PictureState) sign() string {
	switch s {
	case PictureRead:
		return "✅"
	case PictureLook:
		return suspect
	case PictureAsked:
		return "❓"
	case PictureRefused:
		return "❌"
	default:
		return "🔎"
	}
}
