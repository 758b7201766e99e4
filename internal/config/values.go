package config

import (
	"log/slog"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// complaint is what is wrong with a value and how to mend it, without the value.
type complaint string

func (c complaint) Error() string { return string(c) }

// Zone is a time zone that was found.
type Zone struct{ *time.Location }

// Size is a number of bytes.
type Size int64

// Price is an amount of money: hundredths of a unit of a currency.
type Price struct {
	Hundredths int64
	Currency   string
}

// Date is a calendar day, as 2006-01-02; "": none.
type Date string

// dateForms are the ways in which people write a day.
var dateForms = []string{time.DateOnly, "02.01.2006"}

func parseDate(value string) (Date, error) {
	for _, form := range dateForms {
		if day, err := time.Parse(form, value); err == nil {
			return Date(day.Format(time.DateOnly)), nil
		}
	}
	return "", complaint("no day of the calendar. Write it as 2027-03-31 or 31.03.2027")
}

// parsers turn a value into a field, by the field's type. They stand in for the
// library's own where those repeat the value in their errors.
func parsers() map[reflect.Type]env.ParserFunc {
	return map[reflect.Type]env.ParserFunc{
		reflect.TypeFor[Secret]():        func(value string) (any, error) { return NewSecret(value), nil },
		reflect.TypeFor[Storage]():       func(value string) (any, error) { return ParseStorage(value) },
		reflect.TypeFor[Zone]():          func(value string) (any, error) { return parseZone(value) },
		reflect.TypeFor[Size]():          func(value string) (any, error) { return parseSize(value) },
		reflect.TypeFor[Price]():         func(value string) (any, error) { return parsePrice(value) },
		reflect.TypeFor[Date]():          func(value string) (any, error) { return parseDate(value) },
		reflect.TypeFor[[]int64]():       func(value string) (any, error) { return parseIDs(value) },
		reflect.TypeFor[time.Duration](): func(value string) (any, error) { return parseDuration(value) },
		reflect.TypeFor[bool]():          func(value string) (any, error) { return parseSwitch(value) },
		reflect.TypeFor[int]():           func(value string) (any, error) { return parseNumber(value) },
	}
}

func parseZone(value string) (Zone, error) {
	if value == "Local" {
		// Replicas on machines set differently would count different days.
		return Zone{}, complaint("Local differs from machine to machine. Name the zone, such as Asia/Bishkek or UTC")
	}
	location, err := time.LoadLocation(value)
	if err != nil {
		return Zone{}, complaint("not a known time zone. Use a name of the IANA list, such as Asia/Bishkek or UTC")
	}
	return Zone{location}, nil
}

// parseSize reads 400MB and its like. As in the metric system MB is a million
// bytes; MiB is 1024 times 1024.
func parseSize(value string) (Size, error) {
	digits := strings.TrimRight(value, "BGIKMbgikm \t")
	units := map[string]int64{
		"": 1, "B": 1,
		"KB": 1e3, "MB": 1e6, "GB": 1e9,
		"KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30,
	}
	unit, known := units[strings.ToUpper(strings.TrimSpace(value[len(digits):]))]
	number, err := strconv.ParseInt(digits, 10, 64)
	if !known || err != nil || number < 0 || number > math.MaxInt64/unit {
		return 0, complaint("not a size. Write a whole number with B, KB, MB, GB, KiB, MiB or GiB, such as 400MB")
	}
	return Size(number * unit), nil
}

// priceForm is a number with at most two decimal places, and a currency: letters, or
// one sign. A comma is no decimal point: some read it as a thousand.
var priceForm = regexp.MustCompile(`^(\d{1,7})(?:\.(\d{1,2}))?[ \x{a0}]?(\p{L}{1,8}|\p{Sc})$`)

// parsePrice reads 25 KGS and its like.
func parsePrice(value string) (Price, error) {
	m := priceForm.FindStringSubmatch(value)
	if m == nil {
		return Price{}, complaint("not a price. Write a number with a point and a currency behind it, such as 25 KGS or 0.35 USD; leave it out to count calls only")
	}
	n, err := strconv.ParseInt(m[1]+(m[2] + "00")[:2], 10, 64)
	if err != nil || n == 0 {
		return Price{}, complaint("a price of nothing. Write what one call costs, such as 25 KGS, or leave it out to count calls only")
	}
	return Price{n, m[3]}, nil
}

// maxUserID is the largest user id: Telegram promises no more than 52
// significant bits (Bot API, User.id).
const maxUserID = 1<<52 - 1

// parseIDs reads ids as Telegram writes them: with a sign or a zero in front it
// is something else that was typed.
func parseIDs(value string) ([]int64, error) {
	var ids []int64
	for item := range strings.SplitSeq(value, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue // a comma at the end does no harm
		}
		id, err := strconv.ParseInt(item, 10, 64)
		if err != nil || id <= 0 || id > maxUserID || strconv.FormatInt(id, 10) != item {
			return nil, complaint("not a list of people's ids. Write positive numbers with commas between, such as 123456789,987654321; send /start to the bot to learn yours")
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

func parseDuration(value string) (time.Duration, error) {
	length, err := time.ParseDuration(value)
	if err != nil {
		return 0, complaint("not a length of time. Write it with a unit, such as 30s, 15m or 1h30m")
	}
	return length, nil
}

func parseSwitch(value string) (bool, error) {
	switch strings.ToLower(value) {
	case "on":
		return true, nil
	case "off":
		return false, nil
	}
	return false, complaint("neither on nor off. Write one of the two")
}

func parseNumber(value string) (int, error) {
	number, err := strconv.Atoi(value)
	if err != nil {
		return 0, complaint("not a whole number. Write digits only, such as 50")
	}
	return number, nil
}

// parseFailure puts what the library says into words. slog.Level brings its own
// parser, whose error repeats the value.
func parseFailure(err env.ParseError) string {
	if text, ok := err.Err.(complaint); ok {
		return string(text)
	}
	if err.Type == reflect.TypeFor[slog.Level]() {
		return levelForms
	}
	return "cannot be understood"
}
