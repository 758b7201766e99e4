package reader

import (
	"context"

	"mrzbot/mrzimage"
)

// Nobody knows whether the service turns a picture as its file says, or finds lines that
// run down or upside down. So a picture goes out with its text level, and without a word
// in its file. Of those that were read here it is known how they lie; of others only
// what the file says.

// mostGrown is how many times larger than what was sent a turned picture may be: so much
// is accounted for (see Fetcher.file).
const mostGrown = 2

// Upright turns the picture, if need be and if there is room for it.
func (l *Local) Upright(ctx context.Context, p Picture, seen Look) (Picture, error) {
	info, err := mrzimage.Inspect(p.Data)
	if err != nil {
		return p, nil
	}
	by := mrzimage.TurnedBy(info.Orientation, seen.Angle)
	if by == 1 && info.Orientation == 1 || !l.room.fits(info.TurnMemory()) {
		return p, nil
	}
	leave, err := l.room.enter(ctx, p.Person, info.TurnMemory())
	if err != nil {
		return p, ErrInterrupted
	}
	defer leave()
	turned, err := mrzimage.Turn(p.Data, by)
	if err != nil || len(turned) > min(mostGrown*len(p.Data), MaxFile) {
		return p, nil
	}
	p.Data, p.Name, p.Type = turned, "photo.jpg", "image/jpeg"
	return p, nil
}
