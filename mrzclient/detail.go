package mrzclient

import (
	"maps"
	"slices"
)

// Detail says more exactly than Kind why there are no lines, where that is known.
type Detail string

// The details of what the service did, or somebody on the way to it.
const (
	DetailNoKey            Detail = "no_key"
	DetailNoURL            Detail = "no_url"
	DetailProxyLogin       Detail = "proxy_login"
	DetailProxyRefuses     Detail = "proxy_refuses"
	DetailProxySilent      Detail = "proxy_silent"
	DetailNetworkLogin     Detail = "network_login"
	DetailNoHost           Detail = "no_host"
	DetailNoLookup         Detail = "no_lookup"
	DetailExpired          Detail = "expired"
	DetailOtherHost        Detail = "other_host"
	DetailUnknownAuthority Detail = "unknown_authority"
	DetailBadCertificate   Detail = "bad_certificate"
	DetailNoTLS            Detail = "no_tls"
	DetailHandshake        Detail = "handshake"
	DetailRefused          Detail = "refused"
	DetailLate             Detail = "late"
	DetailNoConnection     Detail = "no_connection"
	DetailClosed           Detail = "closed"
	DetailFailed           Detail = "failed"
	DetailRedirects        Detail = "redirects"
	DetailNoAddress        Detail = "no_address"
	DetailPage             Detail = "page"
	DetailTooLong          Detail = "too_long"
	DetailCoding           Detail = "coding"
	DetailNoJSON           Detail = "no_json"
	DetailNoResult         Detail = "no_result"
	DetailNoMRZ            Detail = "no_mrz"
	DetailNotMRZ           Detail = "not_mrz"
)

// The details of what this program did: the caller, or who reads the picture.
const (
	detailGivenUp      Detail = "given_up"
	detailReaderFailed Detail = "reader_failed"
	detailReaderLate   Detail = "reader_late"
	detailSize         Detail = "size"
	detailPicture      Detail = "picture"
)

// details are the words of each for people and logs.
var details = map[Detail]string{
	DetailNoKey:            "no key is set",
	DetailNoURL:            "the service's address is not an http or https URL",
	DetailProxyLogin:       "the proxy wants a name and a password",
	DetailProxyRefuses:     "the proxy refuses to connect to the service",
	DetailProxySilent:      "the proxy cannot be reached",
	DetailNetworkLogin:     "the network wants a login",
	DetailNoHost:           "there is no such host",
	DetailNoLookup:         "the host's address cannot be looked up",
	DetailExpired:          "the server's certificate has expired, or this machine's clock is wrong",
	DetailOtherHost:        "the server's certificate is for another host",
	DetailUnknownAuthority: "the server's certificate is not from a known authority",
	DetailBadCertificate:   "the server's certificate is not valid",
	DetailNoTLS:            "the server does not speak TLS",
	DetailHandshake:        "the server refuses the TLS handshake",
	DetailRefused:          "the connection is refused",
	DetailLate:             "no answer in time",
	DetailNoConnection:     "no connection can be made",
	DetailClosed:           "the connection was closed",
	DetailFailed:           "the connection failed",
	DetailRedirects:        "the address redirects elsewhere",
	DetailNoAddress:        "the host does not know the address",
	DetailPage:             "it is a page for people",
	DetailTooLong:          "it is too long",
	DetailCoding:           "it is compressed in a way that was not asked for",
	DetailNoJSON:           "it is not the JSON that was expected",
	DetailNoResult:         "it does not say whether it succeeded",
	DetailNoMRZ:            "it says that it succeeded and holds no MRZ",
	DetailNotMRZ:           "what it gives for an MRZ is no MRZ",
}

var ownDetails = map[Detail]string{
	detailGivenUp:      "given up by the caller",
	detailReaderFailed: "its reader failed",
	detailReaderLate:   "its reader took too long",
	detailSize:         ErrSize.Error(),
	detailPicture:      ErrPicture.Error(),
}

// Details lists the details of what the service did, or somebody on the way to it.
func Details() []Detail { return slices.Sorted(maps.Keys(details)) }
