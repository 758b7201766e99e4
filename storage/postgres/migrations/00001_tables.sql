-- Times are microseconds since 1970 UTC, from year 1 (-62135596800000000) to
-- year 9999. Texts compare by their bytes.

-- +goose Up
LOCK TABLE mrzbot.versions IN EXCLUSIVE MODE; -- see migrate.go

CREATE SEQUENCE mrzbot.task_seq;
CREATE SEQUENCE mrzbot.lease_seq;

-- The unfinished tasks. behind: an earlier task of the same order key is left,
-- so that this one cannot be claimed; see lock_order. A claim touches two of the
-- indexes below, every other change of a waiting task none.
CREATE TABLE mrzbot.tasks (
    seq         bigint NOT NULL,
    id          text COLLATE "C" PRIMARY KEY,
    kind        text COLLATE "C" NOT NULL,
    order_key   text COLLATE "C" NOT NULL,
    behind      boolean NOT NULL,
    person      bigint NOT NULL,
    chat        bigint NOT NULL,
    message     bigint NOT NULL,
    file_id     text NOT NULL,
    added       bigint NOT NULL,
    not_before  bigint NOT NULL,
    tries       bigint NOT NULL DEFAULT 0,
    pauses      bigint NOT NULL DEFAULT 0,
    note        text NOT NULL,
    began       bigint, -- null: the attempt never began
    day         text COLLATE "C" NOT NULL DEFAULT '',
    calling     boolean NOT NULL DEFAULT false,
    held        boolean NOT NULL DEFAULT false,
    outcome     text NOT NULL DEFAULT '',
    counted     boolean NOT NULL DEFAULT false,
    number      bigint NOT NULL DEFAULT 0,
    lease       text COLLATE "C" NOT NULL DEFAULT '',
    lease_until bigint NOT NULL DEFAULT -62135596800000000,
    payload     bytea NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 500);
-- Sealed bytes do not get smaller.
ALTER TABLE mrzbot.tasks ALTER COLUMN payload SET STORAGE EXTERNAL;
CREATE INDEX tasks_open ON mrzbot.tasks (kind, seq) WHERE NOT behind;
CREATE INDEX tasks_order ON mrzbot.tasks (order_key, seq) WHERE order_key <> '';
CREATE INDEX tasks_leased ON mrzbot.tasks (kind, person) WHERE lease <> '';

-- One row for each order key that has tasks: what serialises them.
CREATE TABLE mrzbot.orders (
    order_key text COLLATE "C" PRIMARY KEY
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 500);

CREATE TABLE mrzbot.names (
    id    text COLLATE "C" PRIMARY KEY,
    since bigint NOT NULL
);
CREATE INDEX names_since ON mrzbot.names (since);

CREATE TABLE mrzbot.aside (
    at     bigint NOT NULL,
    reason text NOT NULL,
    LIKE mrzbot.tasks
);
CREATE INDEX aside_at ON mrzbot.aside (at);

-- Finished tasks that can still be looked up.
CREATE TABLE mrzbot.kept (
    until bigint NOT NULL,
    used  text NOT NULL DEFAULT '',
    LIKE mrzbot.tasks
);
CREATE INDEX kept_id ON mrzbot.kept (id, seq);
CREATE INDEX kept_order ON mrzbot.kept (order_key, seq) WHERE order_key <> '';
CREATE INDEX kept_until ON mrzbot.kept (until);

CREATE TABLE mrzbot.days (
    day      text COLLATE "C",
    person   bigint,
    settled  bigint NOT NULL,
    reserved bigint NOT NULL,
    PRIMARY KEY (day, person)
);

CREATE TABLE mrzbot.ledger (
    ended   bigint,
    seq     bigint, -- of the task
    task    text COLLATE "C" NOT NULL,
    person  bigint NOT NULL,
    began   bigint NOT NULL,
    day     text COLLATE "C" NOT NULL,
    outcome text COLLATE "C" NOT NULL,
    counted boolean NOT NULL,
    charge  text COLLATE "C" NOT NULL,
    session text NOT NULL,
    took    bigint NOT NULL,
    PRIMARY KEY (ended, seq)
);

-- The sums of all attempts ever, in several shares each: a single row would
-- make every answer wait for the commit of the one before it.
CREATE TABLE mrzbot.totals (
    share   bigint,
    outcome text COLLATE "C",
    charge  text COLLATE "C",
    counted boolean,
    number  bigint NOT NULL,
    PRIMARY KEY (share, outcome, charge, counted)
);

CREATE TABLE mrzbot.people (
    id          bigint PRIMARY KEY,
    name        text NOT NULL,
    role        text NOT NULL,
    day_limit   bigint, -- null: the setting's
    added       bigint NOT NULL,
    let_in_by   bigint NOT NULL,
    blocked     boolean NOT NULL
);

CREATE TABLE mrzbot.takes (
    key   text COLLATE "C" PRIMARY KEY,
    until bigint NOT NULL,
    uses  bigint NOT NULL
);
CREATE INDEX takes_until ON mrzbot.takes (until);

CREATE TABLE mrzbot.settings (
    key   text COLLATE "C" PRIMARY KEY,
    value bytea NOT NULL
);

CREATE TABLE mrzbot.leaders (
    name  text COLLATE "C" PRIMARY KEY,
    owner text COLLATE "C" NOT NULL,
    until bigint NOT NULL
);

-- +goose Down
DROP SCHEMA mrzbot CASCADE;
