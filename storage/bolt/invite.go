package bolt

import (
	"context"
	"time"

	"mrzbot/storage"
)

// AddInvite is as in storage.Invites.
func (s *Store) AddInvite(ctx context.Context, i storage.Invite) error {
	if err := i.Check(); err != nil {
		return err
	}
	return s.write(ctx, func(b *batch) error { return b.saveInvite(&i) })
}

func (b *batch) saveInvite(i *storage.Invite) error {
	return b.put(inviteTable, []byte(i.Hash), func(enc *encoder) { enc.invite(i) })
}

// UseInvite is as in storage.Invites.
func (s *Store) UseInvite(ctx context.Context, hash string, person int64, now time.Time) (storage.Invite, error) {
	return change(ctx, s, func(b *batch) (storage.Invite, error) {
		d, ok, err := b.get(inviteTable, []byte(hash))
		if err != nil {
			return storage.Invite{}, err
		}
		i := storage.Invite{Hash: hash}
		if !ok {
			return storage.Invite{}, storage.ErrGone
		}
		if err := d.invite(&i); err != nil {
			return storage.Invite{}, err
		}
		i, changed, err := i.Use(person, now)
		if err == nil && changed {
			err = b.saveInvite(&i)
		}
		return i, err
	})
}

// ListInvites is as in storage.Invites. What it finds to be over it forgets.
func (s *Store) ListInvites(ctx context.Context, now time.Time) ([]storage.Invite, error) {
	return change(ctx, s, func(b *batch) (good []storage.Invite, err error) {
		var over [][]byte
		err = b.bucket(inviteTable).ForEach(func(k, v []byte) error {
			d, err := decode(k, v)
			if err != nil {
				return err
			}
			r, err := dumpInvite(k, d)
			switch {
			case err != nil:
				return err
			case !now.Before(r.Invite.Until):
				over = append(over, []byte(r.Invite.Hash))
			case r.Invite.Left > 0:
				good = append(good, *r.Invite)
			}
			return nil
		})
		for _, hash := range over {
			if err == nil {
				err = b.delete(inviteTable, hash)
			}
		}
		return good, err
	})
}

func dumpInvite(k []byte, d decoder) (storage.Record, error) {
	i := storage.Invite{Hash: string(k)}
	return storage.Record{Invite: &i}, d.invite(&i)
}

// RemoveInvite is as in storage.Invites.
func (s *Store) RemoveInvite(ctx context.Context, hash string) error {
	return s.write(ctx, func(b *batch) error { return b.delete(inviteTable, []byte(hash)) })
}
