package bot

import (
	"context"
	"strings"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/access"
	"mrzbot/bot/reply"
	"mrzbot/bot/scan"
	"mrzbot/bot/screen"
	"mrzbot/storage"
)

// A button's data is a verb, and behind a colon what it is about. It proves
// nothing: who may press, under which message and whether it was pressed before
// is asked of the store at every press.

// press answers a button. Roles are asked again at every press: a keyboard
// outlives a role.
func (b *Bot) press(ctx context.Context, req *reply.Request, q *models.CallbackQuery) error {
	verb, about, _ := strings.Cut(q.Data, ":")
	if req.Person.Role == storage.RoleNone {
		return b.access.PressOfStranger(ctx, req, q, verb)
	}
	if req.Person.Role == storage.RoleAdmin {
		switch verb {
		case screen.PageButton:
			return b.admin.Turn(ctx, req, q, about)
		case access.AllowButton:
			return b.access.Decide(ctx, req, q, about, access.AllowButton)
		case access.DenyButton:
			return b.access.Decide(ctx, req, q, about, access.DenyButton)
		}
	}
	switch verb {
	case scan.RereadButton:
		return b.scan.Reread(ctx, req, q, about)
	case scan.CancelButton:
		return b.scan.Cancel(ctx, req, q)
	case access.AskButton:
		req.Toast(ctx, q, "ask.in")
		req.Strip(ctx, q)
		return nil
	}
	req.Toast(ctx, q, "button.old")
	return nil
}
