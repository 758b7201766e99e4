// Package outcome is the table of what can become of a photo: its reply, log
// line, metric and count all follow from one row. It knows nothing of pictures,
// people or messages; the texts stand in the catalog under the codes' names.
package outcome

import (
	"log/slog"
	"slices"
	"strings"

	"mrzbot/storage"
)

// Code names an outcome. Codes stand in the ledger, in metrics and in logs:
// a code is never given another meaning.
type Code string

// The outcomes a photo can have.
const (
	OK              Code = "ok"
	Unreadable      Code = "unreadable"
	NoMRZ           Code = "no_mrz"
	TooSmall        Code = "too_small"
	TooBlurry       Code = "too_blurry"
	TooDark         Code = "too_dark"
	Glare           Code = "glare"
	CutOff          Code = "cut_off"
	LimitReached    Code = "limit_reached"
	OverBudget      Code = "over_budget"
	ProviderLimit   Code = "provider_limit"
	Subscription    Code = "subscription"
	NoAccess        Code = "no_access"
	BadKey          Code = "bad_key"
	Rejected        Code = "rejected"
	Busy            Code = "busy"
	Unavailable     Code = "unavailable"
	Unknown         Code = "unknown"
	UnsupportedFile Code = "unsupported_file"
	TooLarge        Code = "too_large"
	DownloadFailed  Code = "download_failed"
	Protocol        Code = "protocol"
	ServiceFault    Code = "service_fault"
	PictureRefused  Code = "picture_refused"
	Gateway         Code = "gateway"
	Late            Code = "late"
	Sealed          Code = "sealed"
	Canceled        Code = "canceled"
	ShutOut         Code = "shut_out"
	Local           Code = "local"
	Internal        Code = "internal"
)

// Row is a row of the one table that says what an outcome means.
type Row struct {
	Code Code
	// Counts: it uses one of the person's attempts of the day. Whatever may be
	// charged does, but for a fault that the service itself reports.
	Counts bool
	// Charge is what the provider may charge for it. The local reader costs
	// nothing, whatever stands here.
	Charge storage.Charge
	// Waits: surely nothing was processed, so the photo is tried again by
	// itself before this becomes the last word.
	Waits bool
	// Asks: the reply has a button with which the person has the photo read. Where
	// the call may have been charged, so has the reply to the same photo sent again.
	Asks bool
	// Stops: it was judged here, before any call and perhaps wrongly. Such a reply
	// asks, too, for a while: its button has the photo sent all the same.
	Stops bool
	// Recovers: the person hears, once, when the service reads again.
	Recovers bool
	// Alert: the admins are told, once per cause and hour.
	Alert bool
	Level slog.Level
}

// Detail distinguishes the texts of one outcome; it is part of a text's name,
// as in outcome.unsupported_file.heic.
type Detail string

// The details there are.
const (
	DetailNone          Detail = ""
	DetailNotStarted    Detail = "not_started"    // subscription: it starts later
	DetailNotActive     Detail = "not_active"     // subscription: no active or future one
	DetailNotSubscribed Detail = "not_subscribed" // subscription: the organisation has none at all
	DetailLocal         Detail = "local"          // unreadable: by the local reader
	DetailFront         Detail = "front"          // no_mrz, unreadable: likely the side of the card without an MRZ
	DetailLine1         Detail = "line1"          // glare: on this line of three
	DetailLine2         Detail = "line2"          //
	DetailLine3         Detail = "line3"          //
	DetailTooSmall      Detail = "too_small"      // unreadable: what the look found, here and below
	DetailTooBlurry     Detail = "too_blurry"     //
	DetailTooDark       Detail = "too_dark"       //
	DetailGlare         Detail = "glare"          //
	DetailGlareLine1    Detail = "glare.line1"    //
	DetailGlareLine2    Detail = "glare.line2"    //
	DetailGlareLine3    Detail = "glare.line3"    //
	DetailCutOff        Detail = "cut_off"        //
	DetailHere          Detail = "here"           // unreadable: by the service, and read here
	DetailRefused       Detail = "refused"        // local: the service does not take this picture
	DetailFirst         Detail = "first"          // local: the service was not to be asked
	DetailHEIC          Detail = "heic"           // unsupported_file
	DetailPDF           Detail = "pdf"            // unsupported_file
	DetailVideo         Detail = "video"          // unsupported_file
	DetailRare          Detail = "rare"           // unsupported_file: a picture that only others can decode
	DetailDamaged       Detail = "damaged"        // unsupported_file
	DetailPixels        Detail = "pixels"         // too_large: to decode
	DetailInWork        Detail = "in_work"        // limit_reached: by photos not answered yet
	DetailUnanswered    Detail = "unanswered"     // limit_reached: by calls without an answer, too
	DetailMonth         Detail = "month"          // over_budget: that of the month, not of the day
	DetailFile          Detail = "file"           // picture_refused: it was sent as a file
	DetailGone          Detail = "gone"           // download_failed: Telegram no longer has it
	DetailNotAsked      Detail = "not_asked"      // busy, unavailable: learned by another photo
)

var outcomes = table([]Row{
	{Code: OK, Counts: true, Charge: storage.ChargeYes, Level: slog.LevelInfo},
	{Code: Unreadable, Counts: true, Charge: storage.ChargeYes, Level: slog.LevelInfo},
	{Code: NoMRZ, Charge: storage.ChargeNo, Asks: true, Stops: true, Level: slog.LevelInfo},
	{Code: TooSmall, Charge: storage.ChargeNo, Asks: true, Stops: true, Level: slog.LevelInfo},
	{Code: TooBlurry, Charge: storage.ChargeNo, Asks: true, Stops: true, Level: slog.LevelInfo},
	{Code: TooDark, Charge: storage.ChargeNo, Asks: true, Stops: true, Level: slog.LevelInfo},
	{Code: Glare, Charge: storage.ChargeNo, Asks: true, Stops: true, Level: slog.LevelInfo},
	{Code: CutOff, Charge: storage.ChargeNo, Asks: true, Stops: true, Level: slog.LevelInfo},
	{Code: LimitReached, Charge: storage.ChargeNo, Level: slog.LevelInfo},
	{Code: OverBudget, Charge: storage.ChargeNo, Level: slog.LevelWarn}, // the alert says which budget
	{Code: ProviderLimit, Charge: storage.ChargeNo, Recovers: true, Alert: true, Level: slog.LevelError},
	{Code: Subscription, Charge: storage.ChargeNo, Recovers: true, Alert: true, Level: slog.LevelError},
	{Code: NoAccess, Charge: storage.ChargeNo, Recovers: true, Alert: true, Level: slog.LevelError},
	{Code: BadKey, Charge: storage.ChargeNo, Recovers: true, Alert: true, Level: slog.LevelError},
	{Code: Rejected, Charge: storage.ChargeNo, Recovers: true, Alert: true, Level: slog.LevelError},
	{Code: Busy, Charge: storage.ChargeNo, Waits: true, Recovers: true, Alert: true, Level: slog.LevelWarn},
	{Code: Unavailable, Charge: storage.ChargeNo, Waits: true, Recovers: true, Alert: true, Level: slog.LevelWarn},
	{Code: Gateway, Charge: storage.ChargeNo, Waits: true, Recovers: true, Alert: true, Level: slog.LevelWarn},
	{Code: Unknown, Counts: true, Charge: storage.ChargeUnknown, Asks: true, Level: slog.LevelWarn},
	{Code: ServiceFault, Charge: storage.ChargeUnknown, Asks: true, Alert: true, Level: slog.LevelWarn},
	{Code: PictureRefused, Charge: storage.ChargeNo, Level: slog.LevelInfo},
	{Code: Late, Charge: storage.ChargeNo, Asks: true, Level: slog.LevelInfo},
	{Code: UnsupportedFile, Charge: storage.ChargeNo, Level: slog.LevelInfo},
	{Code: TooLarge, Charge: storage.ChargeNo, Level: slog.LevelInfo},
	{Code: DownloadFailed, Charge: storage.ChargeNo, Waits: true, Level: slog.LevelWarn},
	{Code: Protocol, Counts: true, Charge: storage.ChargeUnknown, Asks: true, Alert: true, Level: slog.LevelError},
	{Code: Sealed, Charge: storage.ChargeNo, Level: slog.LevelWarn},
	{Code: Canceled, Charge: storage.ChargeNo, Level: slog.LevelInfo},
	{Code: ShutOut, Charge: storage.ChargeNo, Level: slog.LevelInfo},
	{Code: Local, Charge: storage.ChargeNo, Level: slog.LevelInfo},
	{Code: Internal, Charge: storage.ChargeNo, Level: slog.LevelError},
})

func table(rows []Row) map[Code]Row {
	t := make(map[Code]Row, len(rows))
	for _, o := range rows {
		t[o.Code] = o
	}
	return t
}

// Of gives the row of a code; the zero Row for one that is none.
func Of(code Code) Row { return outcomes[code] }

// Codes lists the codes of the table, for metrics that start at zero.
func Codes() []Code {
	codes := make([]Code, 0, len(outcomes))
	for code := range outcomes {
		codes = append(codes, code)
	}
	return codes
}

// Reasons lists the details of an unreadable photo that say why it is none, and
// what to do: each in the words of the stop for the same reason.
func Reasons() []Detail {
	return []Detail{
		DetailFront, DetailTooSmall, DetailTooBlurry, DetailTooDark, DetailGlare, DetailGlareLine1, DetailGlareLine2, DetailGlareLine3, DetailCutOff,
	}
}

// StopFor gives the stop for the reason of an unreadable photo; ok is false for
// any other detail.
func StopFor(reason Detail) (code Code, detail Detail, ok bool) {
	if !slices.Contains(Reasons(), reason) {
		return "", "", false
	}
	if reason == DetailFront {
		return NoMRZ, DetailFront, true
	}
	name, line, _ := strings.Cut(string(reason), ".")
	return Code(name), Detail(line), true
}
