package postgres

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// ErrSetUp says that the server refuses for a reason that waiting does not mend:
// the settings of the URL or of the server have to be changed. The error is a
// *Refusal.
var ErrSetUp = errors.New("storage/postgres: the server refuses, and waiting does not help")

// Refusal is an error of a server that has to be mended by somebody.
type Refusal struct {
	Says string // what the server says, without a password
	Mend string // what to do about it, as a sentence
	err  error
}

func (r *Refusal) Error() string { return r.Says + ". " + r.Mend }
func (r *Refusal) Unwrap() error { return r.err }

// Is makes every refusal an ErrSetUp.
func (r *Refusal) Is(target error) bool { return target == ErrSetUp }

// What is to be done about a refusal.
const (
	mendLogin      = "Give STORAGE_URL a user and a password that the server knows, and let pg_hba.conf admit this user from here"
	mendDatabase   = "Create the database, or name one in STORAGE_URL that is there"
	mendRights     = "Let the user create schemas in the database (GRANT CREATE ON DATABASE), or make it the owner of the schema mrzbot"
	mendParameter  = "Take this parameter out of STORAGE_URL: the server does not know it, or not this value"
	mendNoTLS      = "Turn ssl on at the server, or add sslmode=disable to STORAGE_URL where the network can be trusted"
	mendOnlyTLS    = "Add sslmode=require to STORAGE_URL"
	mendCert       = "Name the authority that signed the server's certificate with sslrootcert in STORAGE_URL, and the server as the certificate does"
	mendOld        = "Use PostgreSQL 13 or newer"
	mendTLSVersion = "Let the server and this program agree on a version of TLS, or add sslmode=disable to STORAGE_URL where the network can be trusted"
)

// oldest is the oldest server that has what the tables and functions use, as
// server_version_num.
const oldest = 130000

// mends lists the SQLSTATEs of refusals, by code or by class. All others are
// waited out: a server that starts or stops (57P), is full (53), has lost a
// connection (08), can only be read for now (25006).
var mends = map[string]string{
	"28":    mendLogin,     // invalid authorization: password, user, pg_hba.conf
	"3D000": mendDatabase,  // no such database
	"42501": mendRights,    // insufficient privilege
	"0A000": mendOld,       // not supported: by an old server, or by something that is none
	"42704": mendParameter, // no such parameter, while connecting
	"22023": mendParameter, // no such value of a parameter, while connecting
	"55P02": mendParameter, // a parameter that cannot be changed while connecting
	"42602": mendParameter, // a parameter's name that is none
}

// whileConnecting are codes that refuse a connection, and mean something else
// later.
var whileConnecting = map[string]bool{"42704": true, "22023": true, "55P02": true, "42602": true, "0A000": true}

// poolerMends are what PgBouncer refuses with the same code (08P01) as what it
// waits for itself: only its words tell them apart.
var poolerMends = []struct{ words, mend string }{
	{"unsupported startup parameter", mendParameter},
	{"no such database", mendDatabase},
	{"no such user", mendLogin},
	{"password authentication failed", mendLogin},
	{"login rejected", mendLogin},
	{"SSL required", mendOnlyTLS},
	{"TLS required", mendOnlyTLS},
}

const protocolViolation = "08P01"

// mend tells what to do about an error; "" when it may be over by itself.
func mend(err error) string {
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return mendCode(e, connecting)
	}
	if !connecting {
		return ""
	}
	switch {
	case asAny[*tls.CertificateVerificationError](err), asAny[x509.UnknownAuthorityError](err),
		asAny[x509.HostnameError](err), asAny[x509.CertificateInvalidError](err):
		return mendCert
	case asAny[tls.AlertError](err), asAny[tls.RecordHeaderError](err):
		return mendTLSVersion
	case strings.Contains(err.Error(), "server refused TLS connection"): // pgx has no type for it
		return mendNoTLS
	}
	return ""
}

func mendCode(e *pgconn.PgError, connecting bool) string {
	if e.Code == protocolViolation {
		for _, p := range poolerMends {
			if strings.Contains(e.Message, p.words) {
				return p.mend
			}
		}
		return ""
	}
	if whileConnecting[e.Code] && !connecting {
		return ""
	}
	if e.Code == "28000" && strings.Contains(e.Message, "no encryption") {
		return mendOnlyTLS // the only way that pg_hba.conf leaves
	}
	if sentence := mends[e.Code]; sentence != "" {
		return sentence
	}
	return mends[e.Code[:min(2, len(e.Code))]]
}

func asAny[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}
