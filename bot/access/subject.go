package access

import (
	"errors"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/text"
)

// ErrHidden: a forwarded message that does not say who wrote it, or a contact that
// is nobody's at Telegram.
var ErrHidden = errors.New("access: hidden sender")

// errNobody: a message that is about nobody but its sender.
var errNobody = errors.New("access: a message about nobody")

// Subject gives whom a forwarded message or a shared contact is about: their id, and
// their name as it stands there.
func Subject(m *models.Message) (models.User, error) {
	switch {
	case m == nil:
		return models.User{}, errNobody
	case m.Contact != nil:
		c := m.Contact
		if !text.ValidID(c.UserID) {
			return models.User{}, ErrHidden
		}
		return models.User{ID: c.UserID, FirstName: c.FirstName, LastName: c.LastName}, nil
	case m.ForwardOrigin == nil:
		return models.User{}, errNobody
	case m.ForwardOrigin.MessageOriginUser == nil:
		return models.User{}, ErrHidden
	}
	from := m.ForwardOrigin.MessageOriginUser.SenderUser
	if from.IsBot || !text.ValidID(from.ID) {
		return models.User{}, ErrHidden
	}
	return from, nil
}
