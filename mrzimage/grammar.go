package mrzimage

import "strings"

// shape is what the reader knows of a format: how many cells there are, which
// characters each may hold, and which cells a check digit protects. Sources:
// ICAO 9303-4 (TD3), -5 (TD1), -6 (TD2), -7 (visas), 4.2 of each; the French
// card of 1988 has its own use of 36 columns.
type shape struct {
	format string
	prefix string   // a zone that begins so, and only so, has this shape
	cells  []string // a class for each cell of each row
	checks []check  // in the order of the cells
	whole  *check   // the composite check digit
	states []span   // codes of states
}

// Classes of cells.
const (
	classAny    = '*' // A-Z 0-9 <
	classLetter = 'A' // A-Z <
	classNumber = 'N' // 0-9 <
	classDigit  = '#' // 0-9
	classSex    = 'S' // M F X <
	// The first letter of the document code.
	classCard     = 'I' // I A C
	classBigCard  = 'T' // I A C P
	classPassport = 'P'
	classVisa     = 'V'
)

// span is a stretch of cells of one row, from inclusive, to exclusive.
type span struct{ row, from, to int }

// check is a check digit: the cells it covers and where it stands.
type check struct {
	covers []span
	digit  span
}

func checked(row, from, to int) check {
	return check{covers: []span{{row, from, to}}, digit: span{row, to, to + 1}}
}

// shapes are all formats, the special before the general.
var shapes = []shape{
	{
		format: FormatTD1,
		states: []span{{0, 2, 5}, {1, 15, 18}},
		cells: []string{
			"IAAAA" + "*********N" + strings.Repeat("*", 15),
			"NNNNNN#S" + "NNNNNN#" + "AAA" + strings.Repeat("*", 11) + "#",
			strings.Repeat("A", 30),
		},
		checks: []check{checked(0, 5, 14), checked(1, 0, 6), checked(1, 8, 14)},
		whole:  &check{covers: []span{{0, 5, 30}, {1, 0, 7}, {1, 8, 15}, {1, 18, 29}}, digit: span{1, 29, 30}},
	},
	{
		format: FormatTD2, prefix: "IDFRA",
		states: []span{{0, 2, 5}},
		cells: []string{
			"I" + strings.Repeat("A", 29) + "******",
			"************#" + strings.Repeat("A", 14) + "NNNNNN#S#",
		},
		checks: []check{checked(1, 0, 12), checked(1, 27, 33)},
		whole:  &check{covers: []span{{0, 0, 36}, {1, 0, 35}}, digit: span{1, 35, 36}},
	},
	{
		format: FormatMRVB, prefix: "V",
		states: []span{{0, 2, 5}, {1, 10, 13}},
		cells: []string{
			"V" + strings.Repeat("A", 35),
			"*********#AAANNNNNN#SNNNNNN#" + strings.Repeat("*", 8),
		},
		checks: []check{checked(1, 0, 9), checked(1, 13, 19), checked(1, 21, 27)},
	},
	{
		format: FormatTD2,
		states: []span{{0, 2, 5}, {1, 10, 13}},
		cells: []string{
			"T" + strings.Repeat("A", 35),
			"*********NAAANNNNNN#SNNNNNN#" + "*******#",
		},
		checks: []check{checked(1, 0, 9), checked(1, 13, 19), checked(1, 21, 27)},
		whole:  &check{covers: []span{{1, 0, 10}, {1, 13, 20}, {1, 21, 35}}, digit: span{1, 35, 36}},
	},
	{
		format: FormatMRVA, prefix: "V",
		states: []span{{0, 2, 5}, {1, 10, 13}},
		cells: []string{
			"V" + strings.Repeat("A", 43),
			"*********#AAANNNNNN#SNNNNNN#" + strings.Repeat("*", 16),
		},
		checks: []check{checked(1, 0, 9), checked(1, 13, 19), checked(1, 21, 27)},
	},
	{
		format: FormatTD3,
		states: []span{{0, 2, 5}, {1, 10, 13}},
		cells: []string{
			"P" + strings.Repeat("A", 43),
			"*********#AAANNNNNN#SNNNNNN#" + strings.Repeat("*", 14) + "N#",
		},
		checks: []check{checked(1, 0, 9), checked(1, 13, 19), checked(1, 21, 27), checked(1, 28, 42)},
		whole:  &check{covers: []span{{1, 0, 10}, {1, 13, 20}, {1, 21, 43}}, digit: span{1, 43, 44}},
	},
}

// shapesFor gives the shapes of a zone's size.
func shapesFor(rows, columns int) []shape {
	var out []shape
	for _, s := range shapes {
		if len(s.cells) == rows && len(s.cells[0]) == columns {
			out = append(out, s)
		}
	}
	return out
}

// allowed reports whether a class holds a character.
func allowed(class, c byte) bool {
	digit := c >= '0' && c <= '9'
	switch class {
	case classLetter:
		return !digit
	case classNumber:
		return digit || c == '<'
	case classDigit:
		return digit
	case classSex:
		return c == 'M' || c == 'F' || c == 'X' || c == '<'
	case classCard:
		return c == 'I' || c == 'A' || c == 'C'
	case classBigCard:
		return c == 'I' || c == 'A' || c == 'C' || c == 'P'
	case classPassport, classVisa:
		return c == class
	}
	return true
}

// weightOf is the weight of the i-th character under a check digit (ICAO
// 9303-3, 4.9).
func weightOf(i int) int { return [3]int{7, 3, 1}[i%3] }

// valueOf is a character's value under a check digit.
func valueOf(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'Z':
		return int(c-'A') + 10
	}
	return 0
}

// holds reports whether a check digit is right. A filler in its place stands
// for 0, which is right only where nothing is covered (ICAO 9303-4, 4.2.2.2).
func (c check) holds(lines [][]byte) bool {
	sum, i, empty := 0, 0, true
	for _, s := range c.covers {
		for _, b := range lines[s.row][s.from:s.to] {
			sum += weightOf(i) * valueOf(b)
			empty = empty && b == '<'
			i++
		}
	}
	digit := lines[c.digit.row][c.digit.from]
	if digit == '<' {
		return empty
	}
	return digit >= '0' && digit <= '9' && sum%10 == int(digit-'0')
}

// longNumberHolds checks a document number of more than nine characters on a
// TD1 card (ICAO 9303-5, 4.2.2.2, note j): its rest and check digit follow in
// the optional data. Both readings of the rule are in use: with and without
// the filler that stands in the check digit's place.
func longNumberHolds(line []byte) bool {
	if line[14] != '<' {
		return false
	}
	end := 15
	for end < len(line) && line[end] != '<' {
		end++
	}
	if end < 17 {
		return false
	}
	digit := line[end-1]
	for _, text := range []string{
		string(line[5:14]) + string(line[15:end-1]),
		string(line[5 : end-1]),
	} {
		sum := 0
		for i := range len(text) {
			sum += weightOf(i) * valueOf(text[i])
		}
		if digit >= '0' && digit <= '9' && sum%10 == int(digit-'0') {
			return true
		}
	}
	return false
}

// valid reports whether all check digits of a zone hold.
func (s shape) valid(lines [][]byte) bool {
	for i, c := range s.checks {
		long := s.format == FormatTD1 && i == 0 && longNumberHolds(lines[0])
		if !c.holds(lines) && !long {
			return false
		}
	}
	return s.whole == nil || s.whole.holds(lines)
}

// protected are the cells that some check digit covers.
func (s shape) protected() map[[2]int]bool {
	out := map[[2]int]bool{}
	all := s.checks
	if s.whole != nil {
		all = append(all[:len(all):len(all)], *s.whole)
	}
	for _, c := range all {
		for _, sp := range append(c.covers[:len(c.covers):len(c.covers)], c.digit) {
			for col := sp.from; col < sp.to; col++ {
				out[[2]int{sp.row, col}] = true
			}
		}
	}
	return out
}

// stateCodes are the codes of ISO 3166-1 and those that ICAO 9303-3, section 5
// adds to them.
const stateCodes = `ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD
BGR BHR BHS BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV
CRI CUB CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO
GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL
ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO
MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR
NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN
SJM SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO TUN
TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE
D<< EUE GBD GBN GBO GBP GBS RKS ROM UNA UNK UNO UTO XAA XBA XCC XCE XCO XEC XES XIM XMP XOM XPO XXA XXB XXC XXX`

func isState(code [3]byte) bool {
	for _, c := range code[:] {
		if c < 'A' && c != '<' {
			return false
		}
	}
	return strings.Contains(stateCodes, string(code[:]))
}
