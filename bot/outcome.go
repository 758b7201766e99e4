package bot

import (
	"log/slog"

	"mrzbot/storage"
)

// Code names an outcome. Codes stand in the ledger, in metrics and in logs:
// a code is never given another meaning.
type Code string

// The outcomes a photo can have.
const (
	CodeOK              Code = "ok"
	CodeUnreadable      Code = "unreadable"
	CodeNoMRZ           Code = "no_mrz"
	CodeTooSmall        Code = "too_small"
	CodeTooBlurry       Code = "too_blurry"
	CodeTooDark         Code = "too_dark"
	CodeGlare           Code = "glare"
	CodeCutOff          Code = "cut_off"
	CodeLimitReached    Code = "limit_reached"
	CodeProviderLimit   Code = "provider_limit"
	CodeSubscription    Code = "subscription"
	CodeNoAccess        Code = "no_access"
	CodeBadKey          Code = "bad_key"
	CodeRejected        Code = "rejected"
	CodeBusy            Code = "busy"
	CodeUnavailable     Code = "unavailable"
	CodeUnknown         Code = "unknown"
	CodeUnsupportedFile Code = "unsupported_file"
	CodeTooLarge        Code = "too_large"
	CodeDownloadFailed  Code = "download_failed"
	CodeProtocol        Code = "protocol"
	CodeServiceFault    Code = "service_fault"
	CodePictureRefused  Code = "picture_refused"
	CodeGateway         Code = "gateway"
	CodeLate            Code = "late"
	CodeSealed          Code = "sealed"
	CodeCanceled        Code = "canceled"
	CodeShutOut         Code = "shut_out"
	CodeInternal        Code = "internal"
)

// Outcome is a row of the one table that says what an outcome means.
type Outcome struct {
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
	DetailFront         Detail = "front"          // no_mrz: likely the side of the card without a zone
	DetailHEIC          Detail = "heic"           // unsupported_file
	DetailPDF           Detail = "pdf"            // unsupported_file
	DetailVideo         Detail = "video"          // unsupported_file
	DetailRare          Detail = "rare"           // unsupported_file: a picture that only others can decode
	DetailDamaged       Detail = "damaged"        // unsupported_file
	DetailPixels        Detail = "pixels"         // too_large: to decode
	DetailInWork        Detail = "in_work"        // limit_reached: by photos not answered yet
	DetailUnanswered    Detail = "unanswered"     // limit_reached: by calls without an answer, too
	DetailFile          Detail = "file"           // picture_refused: it was sent as a file
	DetailGone          Detail = "gone"           // download_failed: Telegram no longer has it
	DetailNotAsked      Detail = "not_asked"      // busy, unavailable: learned by another photo
)

var outcomes = table(
	Outcome{Code: CodeOK, Counts: true, Charge: storage.ChargeYes, Level: slog.LevelInfo},
	Outcome{Code: CodeUnreadable, Counts: true, Charge: storage.ChargeYes, Level: slog.LevelInfo},
	Outcome{Code: CodeNoMRZ, Charge: storage.ChargeNo, Level: slog.LevelInfo},
	Outcome{Code: CodeTooSmall, Charge: storage.ChargeNo, Level: slog.LevelInfo},
	Outcome{Code: CodeTooBlurry, Charge: storage.ChargeNo, Level: slog.LevelInfo},
	Outcome{Code: CodeTooDark, Charge: storage.ChargeNo, Level: slog.LevelInfo},
	Outcome{Code: CodeGlare, Charge: storage.ChargeNo, Level: slog.LevelInfo},
	Outcome{Code: CodeCutOff, Charge: storage.ChargeNo, Level: slog.LevelInfo},
	Outcome{Code: CodeLimitReached, Charge: storage.ChargeNo, Level: slog.LevelInfo},
	Outcome{Code: CodeProviderLimit, Charge: storage.ChargeNo, Alert: true, Level: slog.LevelError},
	Outcome{Code: CodeSubscription, Charge: storage.ChargeNo, Alert: true, Level: slog.LevelError},
	Outcome{Code: CodeNoAccess, Charge: storage.ChargeNo, Alert: true, Level: slog.LevelError},
	Outcome{Code: CodeBadKey, Charge: storage.ChargeNo, Alert: true, Level: slog.LevelError},
	Outcome{Code: CodeRejected, Charge: storage.ChargeNo, Alert: true, Level: slog.LevelError},
	Outcome{Code: CodeBusy, Charge: storage.ChargeNo, Waits: true, Alert: true, Level: slog.LevelWarn},
	Outcome{Code: CodeUnavailable, Charge: storage.ChargeNo, Waits: true, Alert: true, Level: slog.LevelWarn},
	Outcome{Code: CodeGateway, Charge: storage.ChargeNo, Waits: true, Alert: true, Level: slog.LevelWarn},
	Outcome{Code: CodeUnknown, Counts: true, Charge: storage.ChargeUnknown, Asks: true, Level: slog.LevelWarn},
	Outcome{Code: CodeServiceFault, Charge: storage.ChargeUnknown, Asks: true, Alert: true, Level: slog.LevelWarn},
	Outcome{Code: CodePictureRefused, Charge: storage.ChargeNo, Level: slog.LevelInfo},
	Outcome{Code: CodeLate, Charge: storage.ChargeNo, Asks: true, Level: slog.LevelInfo},
	Outcome{Code: CodeUnsupportedFile, Charge: storage.ChargeNo, Level: slog.LevelInfo},
	Outcome{Code: CodeTooLarge, Charge: storage.ChargeNo, Level: slog.LevelInfo},
	Outcome{Code: CodeDownloadFailed, Charge: storage.ChargeNo, Waits: true, Level: slog.LevelWarn},
	Outcome{Code: CodeProtocol, Counts: true, Charge: storage.ChargeUnknown, Asks: true, Alert: true, Level: slog.LevelError},
	Outcome{Code: CodeSealed, Charge: storage.ChargeNo, Level: slog.LevelWarn},
	Outcome{Code: CodeCanceled, Charge: storage.ChargeNo, Level: slog.LevelInfo},
	Outcome{Code: CodeShutOut, Charge: storage.ChargeNo, Level: slog.LevelInfo},
	Outcome{Code: CodeInternal, Charge: storage.ChargeNo, Level: slog.LevelError},
)

func table(rows ...Outcome) map[Code]Outcome {
	t := make(map[Code]Outcome, len(rows))
	for _, o := range rows {
		t[o.Code] = o
	}
	return t
}

// Outcomes lists the codes of the table, for metrics that start at zero.
func Outcomes() []Code {
	codes := make([]Code, 0, len(outcomes))
	for code := range outcomes {
		codes = append(codes, code)
	}
	return codes
}
