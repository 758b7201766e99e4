package mrzimage_test

import (
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage"
	"mrzbot/mrzimage/specimen"
)

// floors are the parts of the pictures of a thing without an MRZ that are stopped at
// least; frontsTold is that of the fronts that are called so.
var floors = map[specimen.Thing]float64{
	specimen.Front: 0.75, specimen.Receipt: 0.75, specimen.Printed: 0.9, specimen.Screen: 0.75,
	specimen.Barcode: 0.9, specimen.BankCard: 0.9, specimen.Listing: 0.75,
}

const frontsTold = 0.5

// TestThingsAreStopped: what has no MRZ is not paid for. STOP_PICTURES=50 takes so
// many of each, STOP_FRESH=3 the third as many others; without, it is four with
// MRZBOT_TESTS=all, and else one.
func TestThingsAreStopped(t *testing.T) {
	skipUnderRace(t)
	each, fresh := 1, 0
	if os.Getenv("MRZBOT_TESTS") == "all" {
		each = 4
	}
	if n, err := strconv.Atoi(os.Getenv("STOP_PICTURES")); err == nil {
		each = n
	}
	if n, err := strconv.Atoi(os.Getenv("STOP_FRESH")); err == nil {
		fresh = n
	}
	var reader mrzimage.Reader
	for _, thing := range specimen.Things() {
		t.Run(string(thing), func(t *testing.T) {
			stopped, told := 0, 0
			for seed := uint64(fresh * each); seed < uint64((fresh+1)*each); seed++ {
				scenes := []specimen.Scene{specimen.Plain, specimen.Tilted, specimen.Far, specimen.Dark}
				drawn, err := thing.Draw(seed)
				require.NoError(t, err)
				file := jpegFile(t, scenes[seed%4].Photo(1280, 960, seed), drawn)
				got, err := reader.Read(t.Context(), file)
				require.NoError(t, err)
				require.NotEqual(t, mrzimage.VerdictOK, got.Verdict)
				if got.Picture.Stop != "" {
					stopped++
				} else {
					t.Logf("seed %d is sent: %s, %+v", seed, got.Verdict, got.Picture)
				}
				if slices.Contains(got.Picture.Reasons, mrzimage.ReasonFront) {
					told++
				}
			}
			t.Logf("%d of %d stopped, %d called a front", stopped, each, told)
			require.GreaterOrEqual(t, float64(stopped), floors[thing]*float64(each))
			if thing == specimen.Front {
				require.GreaterOrEqual(t, float64(told), frontsTold*float64(each))
			}
		})
	}
}
