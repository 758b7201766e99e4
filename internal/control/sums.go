package control

import (
	"context"
	"errors"
	"net/http"

	"mrzbot/storage"
)

// sums gives what the attempts of the days from "from" to "to" come to, a line for
// each sum: of all people by day, or with "by" set to person by person.
func (s *Server) sums(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), askTimeout)
	defer cancel()
	ask := s.Store.DaySums
	if r.FormValue("by") == "person" {
		ask = s.Store.PersonSums
	}
	sums, err := ask(ctx, storage.Day(r.FormValue("from")), storage.Day(r.FormValue("to")))
	switch {
	case errors.Is(err, storage.ErrInvalid):
		http.Error(w, "from and to are no days as 2026-11-29", http.StatusBadRequest)
	case err != nil:
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	default:
		writeLines(w, sums...)
	}
}

// PersonName is the name that is kept of somebody; "" where none is.
type PersonName struct {
	Person int64
	Name   string
}

// names gives the names of the persons asked for.
func (s *Server) names(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), askTimeout)
	defer cancel()
	ids, err := personsOf(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var names []PersonName
	for _, id := range ids {
		p, err := s.Store.Person(ctx, id)
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		names = append(names, PersonName{Person: id, Name: p.Name})
	}
	writeLines(w, names...)
}
