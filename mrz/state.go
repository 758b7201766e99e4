package mrz

// KnownState reports whether a text, fillers removed, is a code that ICAO
// 9303-3, 5 lists for an issuing state, an organization or a nationality. Of
// the codes that were withdrawn it knows those that are still met.
func KnownState(code string) bool {
	_, ok := states[code]
	return ok
}

// states are ISO 3166-1's codes and those that ICAO adds.
var states = func() map[string]struct{} {
	const letters = 3
	table := make(map[string]struct{}, len(isoStates)/letters+len(otherStates))
	for i := 0; i < len(isoStates); i += letters {
		table[isoStates[i:i+letters]] = struct{}{}
	}
	for _, code := range otherStates {
		table[code] = struct{}{}
	}
	return table
}()

// isoStates are the codes of ISO 3166-1, one after the other (ICAO 9303-3, 5,
// part A).
const isoStates = "" +
	"ABWAFGAGOAIAALAALBANDAREARGARMASMATAATFATGAUSAUTAZE" +
	"BDIBELBENBESBFABGDBGRBHRBHSBIHBLMBLRBLZBMUBOLBRABRBBRNBTNBVTBWA" +
	"CAFCANCCKCHECHLCHNCIVCMRCODCOGCOKCOLCOMCPVCRICUBCUWCXRCYMCYPCZE" +
	"DEUDJIDMADNKDOMDZAECUEGYERIESHESPESTETHFINFJIFLKFRAFROFSM" +
	"GABGBRGEOGGYGHAGIBGINGLPGMBGNBGNQGRCGRDGRLGTMGUFGUMGUYHKGHMDHNDHRVHTIHUN" +
	"IDNIMNINDIOTIRLIRNIRQISLISRITAJAMJEYJORJPN" +
	"KAZKENKGZKHMKIRKNAKORKWTLAOLBNLBRLBYLCALIELKALSOLTULUXLVA" +
	"MACMAFMARMCOMDAMDGMDVMEXMHLMKDMLIMLTMMRMNEMNGMNPMOZMRTMSRMTQMUSMWIMYSMYT" +
	"NAMNCLNERNFKNGANICNIUNLDNORNPLNRUNZLOMN" +
	"PAKPANPCNPERPHLPLWPNGPOLPRIPRKPRTPRYPSEPYFQATREUROURUSRWA" +
	"SAUSDNSENSGPSGSSHNSJMSLBSLESLVSMRSOMSPMSRBSSDSTPSURSVKSVNSWESWZSXMSYCSYR" +
	"TCATCDTGOTHATJKTKLTKMTLSTONTTOTUNTURTUVTWNTZAUGAUKRUMIURYUSAUZB" +
	"VATVCTVENVGBVIRVNMVUTWLFWSMYEMZAFZMBZWE"

// otherStates are ICAO's own codes and the reserved ones (ICAO 9303-3, 5, parts
// A to E), and two that are withdrawn and still met.
var otherStates = [...]string{
	"D",                               // Germany
	"GBD", "GBN", "GBO", "GBP", "GBS", // British nationals of other kinds
	"RKS", "XXK", // Kosovo, as it writes itself and as others do
	"EUE",               // European Union
	"UNO", "UNA", "UNK", // United Nations, its agencies, its mission in Kosovo
	"XBA", "XIM", "XCC", "XCE", "XCO", "XEC", "XPO", "XES", "XMP", "XOM", "XDC", // organizations
	"XCT",                      // northern part of Cyprus
	"XXA", "XXB", "XXC", "XXX", // stateless, refugees, unspecified
	"IAO",        // ICAO
	"UTO",        // Utopia, of the specimens
	"ANT", "NTZ", // Netherlands Antilles, Neutral Zone
}
