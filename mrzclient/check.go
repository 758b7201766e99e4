package mrzclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// Route is what came back when the service's address was asked for.
type Route struct {
	Status int // the answer's HTTP status
	// TLS says that the connection was encrypted and the certificate valid.
	TLS bool
	// Posts says that the service knows the address and wants another method
	// than the one that was tried: the surest sign without sending a picture.
	Posts bool
}

// String says what came back in one line.
func (r Route) String() string {
	text := "answers"
	if r.Posts {
		text = "knows the address"
	}
	if !r.TLS {
		text += " without TLS"
	}
	return fmt.Sprintf("%s (HTTP %d)", text, r.Status)
}

// Check proves the host's name, TLS and the route with a GET, which carries
// neither a picture nor the key: a call may cost. Whether the key is good it
// cannot tell. Any error is an *Error, and nothing is charged: Unavailable when
// nobody or a broken service answers, Rejected when the address is wrong, Gateway
// when a proxy or a login is in the way.
func (c *Client) Check(ctx context.Context) (Route, error) {
	limited, cancel := context.WithTimeout(ctx, c.timeout())
	defer cancel()
	request, err := c.request(limited, http.MethodGet, nil)
	if err != nil {
		return Route{}, err
	}
	response, err := c.httpClient().Do(request)
	if err != nil {
		e := &Error{Kind: Unavailable, cause: limited.Err()}
		e.Detail = contextDetail(e.cause, cause(err))
		switch {
		case errors.Is(ctx.Err(), context.Canceled):
			e.Kind = Canceled
		case ofProxy(err):
			e.Kind = Gateway
		}
		return Route{}, e
	}
	defer response.Body.Close()

	route := Route{
		Status: response.StatusCode,
		TLS:    response.TLS != nil,
		Posts:  response.StatusCode == http.StatusMethodNotAllowed,
	}
	failure := &Error{Status: route.Status, Detail: refusalWords[route.Status]}
	switch {
	case failure.Detail != "":
		failure.Kind = Gateway
	case route.Status/100 == 3:
		failure.Kind, failure.Detail = Rejected, DetailRedirects
	case route.Status == http.StatusNotFound, route.Status == http.StatusGone:
		failure.Kind, failure.Detail = Rejected, DetailNoAddress
	case route.Status/100 == 5:
		failure.Kind = Unavailable
	default:
		return route, nil
	}
	return route, failure
}
