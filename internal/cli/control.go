package cli

import (
	"context"

	"golang.org/x/sync/errgroup"

	"mrzbot/internal/config"
	"mrzbot/internal/control"
)

// serveControl lets the commands of this machine ask the running bot. A
// database needs none of it: commands ask it themselves.
func (r *running) serveControl(ctx context.Context, group *errgroup.Group) {
	if r.cfg.Storage.Engine != config.Bolt {
		return
	}
	l, err := control.Listen(control.Path(r.cfg.Storage.Path))
	if err != nil {
		r.log.Warn("no socket beside the store: backup and check cannot ask the running bot", "error", err)
		return
	}
	s := &control.Server{
		Store: r.store, Engine: string(r.cfg.Storage.Engine), Version: r.version(), Started: r.started.Load,
		Notes: r.notes.list, Facts: r.storeFacts, Now: r.Now, Zone: r.cfg.Timezone.Location,
	}
	group.Go(func() error { return s.Serve(ctx, l) })
}
