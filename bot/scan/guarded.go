package scan

import (
	"context"
	"errors"
	"io"

	"mrzbot/storage"
)

// errShutOut ends the way of a picture to the service.
var errShutOut = errors.New("scan: the sender was shut out meanwhile")

// guarded is a picture that flows from Telegram to the service, which is asked to
// read it only when its end has come: so that is when its sender must still be let
// in. Without its end a picture was surely not read.
type guarded struct {
	io.ReadCloser
	still func() error
}

func (g guarded) Read(p []byte) (int, error) {
	n, err := g.ReadCloser.Read(p)
	if err == io.EOF {
		if no := g.still(); no != nil {
			err = no
		}
	}
	return n, err
}

// stillIn fails when the sender is no longer let in, or nobody can tell.
func (j *photoJob) stillIn(ctx context.Context) error {
	if j.People.IsAdmin(j.t.Person) {
		return nil
	}
	p, err := j.People.Person(ctx, j.t.Person)
	if err == nil && p.Role == storage.RoleNone {
		err = errShutOut
	}
	return err
}
