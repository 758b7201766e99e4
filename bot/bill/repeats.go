package bill

import (
	"encoding/json"

	"mrzbot/storage"
)

// Photos that were sent twice are no attempts, so they stand in no total. How many
// calls that saved is kept for each day, in a setting of its month.

// RepeatsKey names the setting of a day's month.
func RepeatsKey(d storage.Day) string {
	first, _ := d.MonthDays()
	return "repeats:" + string(first[:len("2006-01")])
}

// AddRepeat adds one to a day, in what RepeatsKey names; nil is no setting yet.
func AddRepeat(raw []byte, d storage.Day) ([]byte, error) {
	days, err := readRepeats(raw)
	if err != nil {
		return nil, err
	}
	days[d]++
	return json.Marshal(days)
}

// Repeats adds up the days from one to another, in what RepeatsKey names.
func Repeats(raw []byte, days storage.Days) (n int, err error) {
	all, err := readRepeats(raw)
	for d, repeats := range all {
		if d >= days.From && d <= days.To {
			n += repeats
		}
	}
	return n, err
}

func readRepeats(raw []byte) (map[storage.Day]int, error) {
	days := map[storage.Day]int{}
	if raw == nil {
		return days, nil
	}
	return days, json.Unmarshal(raw, &days)
}
