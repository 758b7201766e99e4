package admin

import (
	"context"
	"errors"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/access"
	"mrzbot/bot/reply"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
)

// Allow lets somebody in and tells them so. Bare, it shows who asks, and lets people
// be picked.
func (a *Admin) Allow(ctx context.Context, req *reply.Request, cmd reply.Command, m *models.Message) error {
	who, ok, err := targetOf(cmd, m)
	switch {
	case errors.Is(err, access.ErrHidden):
		return a.Access.OfferPicker(ctx, req, "pick.hidden")
	case !ok && len(cmd.Args) == 0:
		return a.Access.LetSomebodyIn(ctx, req)
	case !ok:
		return req.Reply(ctx, req.Localizer.Text("allow.usage", nil))
	}
	out, err := a.Access.LetIn(ctx, req, who.id, who.name, "")
	if err != nil {
		return err
	}
	said := screen.About(req.Localizer, map[access.Standing]string{
		access.LetIn: "allow.done", access.WasIn: "allow.already", access.Admin: "allow.is_admin", access.Overruled: "allow.overruled",
	}[out.Is], out.Person)
	if out.Unreachable {
		said.Add("\n").Add(req.Localizer.Text("allow.unreachable", text.Args{"Bot": a.Username}))
	}
	return req.Send(ctx, said)
}
