// Package bill is what the attempts of some days come to: sums by class, the money
// at the price of a call, ranges of days, and the files for the accountant and for
// the provider. It reads what it is given and renders nothing for a chat.
package bill

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"mrzbot/bot/outcome"
	"mrzbot/storage"
)

// Price is what the provider charges for a call: hundredths of a unit of a currency.
// The zero Price: nobody said.
type Price struct {
	Hundredths int64
	Currency   string
}

// Known reports whether anybody has said.
func (p Price) Known() bool { return p.Hundredths > 0 }

// String writes it as in the settings: 25 KGS.
func (p Price) String() string { return p.Of(1) }

// Of is the price of some calls as people read it: 10 425 KGS, 0.35 USD. The
// blanks in it do not break.
func (p Price) Of(calls int) string {
	return Group(p.Plain(calls, '.')) + "\u00a0" + p.Currency
}

// Plain is the price of some calls as a number, such as 10425 or 0.35, with that
// decimal sign.
func (p Price) Plain(calls int, point byte) string {
	n := p.Hundredths * int64(calls)
	s := strconv.FormatInt(n/100, 10)
	if cents := n % 100; cents != 0 {
		s += string(point) + string([]byte{'0' + byte(cents/10), '0' + byte(cents%10)})
	}
	return s
}

// Group sets thousands of a number of more than four digits apart.
func Group(number string) string {
	whole, rest := number, ""
	if i := strings.IndexByte(number, '.'); i >= 0 {
		whole, rest = number[:i], number[i:]
	}
	if len(whole) <= 4 {
		return number
	}
	var b strings.Builder
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString("\u00a0")
		}
		b.WriteRune(digit)
	}
	return b.String() + rest
}

// Sum is what attempts come to.
type Sum struct {
	Attempts int
	Of       map[outcome.Class]int // by class; they add up to Attempts
	Charged  int                   // surely
	Perhaps  int                   // perhaps charged
}

// Add adds a total.
func (s *Sum) Add(t storage.DayTotal) {
	if s.Of == nil {
		s.Of = map[outcome.Class]int{}
	}
	s.Attempts += t.Number
	s.Of[outcome.ClassOf(outcome.Code(t.Outcome), t.Charge)] += t.Number
	switch t.Charge {
	case storage.ChargeYes:
		s.Charged += t.Number
	case storage.ChargeUnknown:
		s.Perhaps += t.Number
	}
}

// NotCharged is how many surely were not.
func (s Sum) NotCharged() int { return s.Attempts - s.Charged - s.Perhaps }

// SumAll adds up totals.
func SumAll(totals []storage.DayTotal) (s Sum) {
	for _, t := range totals {
		s.Add(t)
	}
	return s
}

// DaySum is a day and what it comes to.
type DaySum struct {
	Day storage.Day
	Sum
}

// ByDay gives each day of a range, those without an attempt too.
func ByDay(days storage.Days, totals []storage.DayTotal) []DaySum {
	of := map[storage.Day]*Sum{}
	for _, t := range totals {
		if of[t.Day] == nil {
			of[t.Day] = &Sum{}
		}
		of[t.Day].Add(t)
	}
	var list []DaySum
	for d := range Each(days) {
		sum := DaySum{Day: d}
		if s := of[d]; s != nil {
			sum.Sum = *s
		}
		list = append(list, sum)
	}
	return list
}

// PersonSum is a person and what their attempts come to.
type PersonSum struct {
	Person int64
	Sum
}

// ByPerson gives people by their attempts, the most first.
func ByPerson(totals []storage.DayTotal) []PersonSum {
	of := map[int64]int{} // person → place in list
	var list []PersonSum
	for _, t := range totals {
		i, ok := of[t.Person]
		if !ok {
			i = len(list)
			of[t.Person] = i
			list = append(list, PersonSum{Person: t.Person})
		}
		list[i].Add(t)
	}
	slices.SortFunc(list, func(a, b PersonSum) int {
		return cmp.Or(cmp.Compare(b.Attempts, a.Attempts), cmp.Compare(a.Person, b.Person))
	})
	return list
}

// OutcomeSum is an outcome and charge, and how many attempts had them.
type OutcomeSum struct {
	Outcome string
	Charge  storage.Charge
	Number  int
}

// ByOutcome gives outcomes by their number, the most first.
func ByOutcome(totals []storage.DayTotal) []OutcomeSum {
	of := map[OutcomeSum]int{}
	for _, t := range totals {
		of[OutcomeSum{Outcome: t.Outcome, Charge: t.Charge}] += t.Number
	}
	list := make([]OutcomeSum, 0, len(of))
	for o, n := range of {
		o.Number = n
		list = append(list, o)
	}
	slices.SortFunc(list, func(a, b OutcomeSum) int {
		return cmp.Or(cmp.Compare(b.Number, a.Number), cmp.Compare(a.Outcome, b.Outcome), cmp.Compare(a.Charge, b.Charge))
	})
	return list
}
