package telegram

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
)

// What others say never gets into an error or a log as it came: Telegram quotes
// what it was sent, pages echo addresses, and addresses hold the token. It is
// looked up here, and the words of this list stand for it.

// phrases are words of the Bot API server that are worth telling apart. The
// first one that a description holds, in any case, stands for all of it; so the
// more exact ones come first.
var phrases = []string{
	// about a chat or a person
	"chat not found",
	"user not found",
	"PEER_ID_INVALID",
	"bot was blocked by the user",
	"user is deactivated",
	"bot can't initiate conversation with a user",
	"bot can't send messages to bots",
	"bot was kicked",
	"not enough rights",
	// about a message
	"message to be replied not found",
	"replied message not found",
	"message thread not found",
	"TOPIC_CLOSED",
	"TOPIC_DELETED",
	"message is not modified",
	"message to edit not found",
	"message can't be edited",
	"message to delete not found",
	"message can't be deleted",
	"message identifier is not specified",
	"message text is empty",
	"text must be non-empty",
	"message is too long",
	"MESSAGE_TOO_LONG",
	"text is too long",
	"can't parse entities",
	"ENTITY_BOUNDS_INVALID",
	"ENTITIES_TOO_LONG",
	"strings must be encoded in UTF-8",
	"can't parse reply keyboard markup",
	"can't parse inline keyboard button",
	"can't parse reply parameters",
	"reply markup is too long",
	"REPLY_MARKUP_INVALID",
	"BUTTON_DATA_INVALID",
	"BUTTON_COPY_TEXT_INVALID",
	"BUTTON_TYPE_INVALID",
	"object expected as reply markup",
	// about a button that was pressed
	"query is too old",
	"query id is invalid",
	"QUERY_ID_INVALID",
	// about a file
	"file is too big",
	"file is temporarily unavailable",
	"invalid file_id",
	"wrong file_id",
	"wrong file identifier",
	"FILE_REFERENCE_EXPIRED",
	// about the menus
	"BOT_COMMAND_INVALID",
	"BOT_COMMAND_DESCRIPTION_INVALID",
	"can't parse BotCommand",
	// about the webhook: first what waiting may mend
	"temporary failure in name resolution",
	"name or service not known",
	"no address associated with hostname",
	"failed to resolve host",
	"can't resolve",
	"connection refused",
	"connection timed out",
	"connection timeout expired",
	"connection reset by peer",
	"connection closed",
	"network is unreachable",
	"no route to host",
	"read timeout expired",
	"timed out",
	// then what it does not
	"certificate verify failed",
	"self signed certificate",
	"self-signed certificate",
	"unable to get local issuer certificate",
	"certificate has expired",
	"certificate",
	"SSL error",
	"HTTPS URL",
	"URL protocol",
	"port number",
	"can be set up only on ports 80, 88, 443 or 8443",
	"invalid webhook URL",
	"invalid URL",
	"wrong HTTP URL",
	"URL host is",
	"is reserved",
	"secret token contains unallowed characters",
	"max_connections",
	"bad webhook",
	"wrong response from the webhook: 301",
	"wrong response from the webhook: 302",
	"wrong response from the webhook: 308",
	"wrong response from the webhook: 400",
	"wrong response from the webhook: 401",
	"wrong response from the webhook: 403",
	"wrong response from the webhook: 404",
	"wrong response from the webhook: 405",
	"wrong response from the webhook: 413",
	"wrong response from the webhook: 415",
	"wrong response from the webhook: 429",
	"wrong response from the webhook: 500",
	"wrong response from the webhook: 502",
	"wrong response from the webhook: 503",
	"wrong response from the webhook: 504",
	"wrong response from the webhook: 530",
	"wrong response from the webhook",
	"allowed_updates",
	// about the bot
	"terminated by other getUpdates request",
	"terminated by setWebhook request",
	"can't use getUpdates method while webhook is active",
	"logged out",
	"too many requests",
	"flood",
	"temporarily unavailable",
	"retry later",
	"restart",
	"method not found",
	"unauthorized",
	"internal server error",
	"bad gateway",
	"service unavailable",
	"gateway timeout",
	"request timeout",
	"request entity too large",
	"method not allowed",
	"not found",
	"forbidden",
	"conflict",
	"bad request",
}

// unknownPhrase stands for what is not in the list.
const unknownPhrase = "in words that this program does not know"

// phrase gives the words of the list for a description of Telegram's.
func phrase(description string) string {
	lower := strings.ToLower(description)
	for _, p := range phrases {
		if strings.Contains(lower, strings.ToLower(p)) {
			return p
		}
	}
	return unknownPhrase
}

const (
	// noAnswer describes a call whose time was over.
	noAnswer = "no answer in time"
	// noConnection describes a failure of the network that has no words here.
	noConnection = "the connection failed"
	// These describe a connection that was there and is no more.
	cutConnection   = "the connection was cut"
	endedConnection = "the connection ended before the answer did"
)

// network says why no answer came. Only the kind of an error is looked at: the
// texts hold names, addresses and what a proxy or a server wrote.
func network(err error) string {
	var name *net.DNSError
	var proxy *net.OpError
	switch {
	case errors.Is(err, context.Canceled):
		return "given up by the caller"
	case errors.As(err, &proxy) && strings.HasPrefix(proxy.Op, "proxyconnect"),
		errors.As(err, &proxy) && strings.HasPrefix(proxy.Op, "socks"):
		return "the proxy cannot be reached, or does not connect"
	case errors.As(err, &name) && name.IsNotFound:
		return "the name of the server does not exist"
	case errors.As(err, &name):
		return "the name of the server cannot be resolved now"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), timeout(err):
		return noAnswer
	case isCertificate(err):
		return "the certificate of the server is not accepted"
	case isTLS(err):
		return "the server and this program find no TLS that both speak"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return cutConnection
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "no route to the server"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return endedConnection
	}
	return noConnection
}

func timeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

func isCertificate(err error) bool {
	var verification *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid)
}

func isTLS(err error) bool {
	var record tls.RecordHeaderError
	var alert tls.AlertError
	return errors.As(err, &record) || errors.As(err, &alert)
}
