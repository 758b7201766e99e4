package mrz_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrz"
)

func TestCodes(t *testing.T) {
	errors, warnings := mrz.Codes()
	all := slices.Concat(errors, warnings)
	require.Len(t, slices.Compact(slices.Sorted(slices.Values(all))), len(all), "each code once")
	for _, code := range all {
		require.Regexp(t, `^[a-z]+[a-z_]*[a-z]$`, code)
	}
}

// No message holds anything of the MRZ: canaries in every field, every one
// of them damaged in turn.
func TestMessagesHoldNothingOfTheZone(t *testing.T) {
	lines, err := mrz.Render(mrz.Fields{
		DocumentCode: "ID", IssuingState: "KGZ", DocumentNumber: "ID8641975", Nationality: "KGZ", BirthDate: "1983-07-19",
		Sex: "F", ExpiryDate: "2031-11-23", PersonalNumber: "11907198386420", Surname: "KANAREEVA", GivenNames: "ZHYLDYZ",
	}, mrz.TD1)
	require.NoError(t, err)
	canaries := []string{"8641975", "830719", "311123", "1907", "86420", "KANAR", "ZHYL", "K2Q"}
	said := map[string]bool{}
	for line := range lines {
		for column := range lines[line] {
			for _, damage := range []string{"K", "2", "<", "q", "?", "Ж"} {
				damaged := slices.Clone(lines)
				damaged[line] = lines[line][:column] + damage + lines[line][column+1:]
				for _, read := range [][]string{damaged, damaged[:2], {damaged[0], damaged[1], damaged[2] + "K2Q"}} {
					z := mrz.Parse(read, today)
					for _, p := range slices.Concat(z.Errors, z.Warnings) {
						said[p.Message] = true
					}
				}
			}
		}
	}
	require.Greater(t, len(said), 20)
	for message := range said {
		for _, canary := range canaries {
			require.NotContains(t, message, canary)
		}
	}
}
