package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/go-telegram/bot/models"
)

// What keeps Peek from seeing updates.
var (
	ErrWebhook = errors.New("telegram: the bot has a webhook, so its updates go there")
	ErrPolled  = errors.New("telegram: another program asks for this bot's updates")
)

// Peek waits for updates and gives those that are not confirmed, up to 100, without
// confirming any: the bot gets all of them when it starts. While some wait it does
// not wait for more.
func (c *Client) Peek(ctx context.Context) ([]models.Update, error) {
	raw, err := c.updates(ctx, 0, pollBatch)
	e, ok := errors.AsType[*Error](err)
	switch {
	case ok && e.says(webhookActive):
		return nil, ErrWebhook
	case ok && e.Code == http.StatusConflict:
		return nil, ErrPolled
	case err != nil:
		return nil, err
	}
	updates := make([]models.Update, 0, len(raw))
	for _, r := range raw {
		var u models.Update
		if json.Unmarshal(r, &u) == nil { // one that nobody understands concerns nobody here
			updates = append(updates, u)
		}
	}
	return updates, nil
}
