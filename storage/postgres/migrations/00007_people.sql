-- More of a person, who did what, and who may come by which code.

-- +goose Up
LOCK TABLE mrzbot.versions IN EXCLUSIVE MODE; -- see migrate.go

ALTER TABLE mrzbot.people
    ADD COLUMN language text NOT NULL DEFAULT '',
    ADD COLUMN note text NOT NULL DEFAULT '',
    ADD COLUMN until bigint NOT NULL DEFAULT -62135596800000000;

CREATE SEQUENCE mrzbot.audit_seq;
CREATE TABLE mrzbot.audit (
    seq    bigint PRIMARY KEY DEFAULT nextval('mrzbot.audit_seq'),
    at     bigint NOT NULL,
    by_id  bigint NOT NULL,
    action text NOT NULL,
    person bigint NOT NULL,
    detail text NOT NULL
);

CREATE TABLE mrzbot.invites (
    hash      text COLLATE "C" PRIMARY KEY,
    added     bigint NOT NULL,
    until     bigint NOT NULL,
    uses_left bigint NOT NULL,
    by_id     bigint NOT NULL,
    role      text NOT NULL,
    day_limit bigint, -- null: the setting's
    used      bigint[] NOT NULL -- who has come by it
);

-- +goose Down
DROP TABLE mrzbot.invites, mrzbot.audit;
DROP SEQUENCE mrzbot.audit_seq;
ALTER TABLE mrzbot.people DROP COLUMN until, DROP COLUMN note, DROP COLUMN language;
