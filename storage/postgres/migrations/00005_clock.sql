-- What a clock that was ahead has left behind when it was set right.

-- +goose Up
LOCK TABLE mrzbot.versions IN EXCLUSIVE MODE; -- see migrate.go

-- put_off: when not_before was set, if that was after the task was added. The three tables have the same columns.
ALTER TABLE mrzbot.tasks ADD COLUMN put_off bigint NOT NULL DEFAULT -62135596800000000;
ALTER TABLE mrzbot.aside ADD COLUMN put_off bigint NOT NULL DEFAULT -62135596800000000;
ALTER TABLE mrzbot.kept ADD COLUMN put_off bigint NOT NULL DEFAULT -62135596800000000;

-- since: when the window began.
ALTER TABLE mrzbot.takes ADD COLUMN since bigint NOT NULL DEFAULT -62135596800000000;

-- set_right ends what only a clock that was ahead of p_now can have set: waits that
-- were begun after p_ahead, or are longer than p_waits, the longest of each kind in
-- p_kinds (the last one is that of all others), leases and keeping. Names and tasks
-- put aside count from now on.
-- +goose StatementBegin
CREATE FUNCTION mrzbot.set_right(p_now bigint, p_ahead bigint, p_lease bigint, p_kept bigint, p_kinds text[], p_waits bigint[])
RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off AS $$
BEGIN
    UPDATE mrzbot.tasks SET not_before = p_now WHERE id = ANY (ARRAY(
        SELECT id FROM mrzbot.tasks
        WHERE kind >= '' AND NOT behind AND lease = '' AND not_before > p_now AND (greatest(put_off, added) > p_ahead
            OR not_before > p_now + coalesce(p_waits[array_position(p_kinds, kind)], p_waits[cardinality(p_waits)]))
        FOR UPDATE SKIP LOCKED));
    UPDATE mrzbot.tasks SET lease_until = p_now, not_before = least(not_before, p_now) WHERE id = ANY (ARRAY(
        SELECT id FROM mrzbot.tasks WHERE lease <> '' AND lease_until > p_now + p_lease FOR UPDATE SKIP LOCKED));
    UPDATE mrzbot.kept SET until = p_now WHERE until > p_now + p_kept;
    UPDATE mrzbot.names SET since = p_now WHERE since > p_ahead;
    UPDATE mrzbot.aside SET at = p_now WHERE at > p_ahead;
END $$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION mrzbot.set_right;
ALTER TABLE mrzbot.takes DROP COLUMN since;
ALTER TABLE mrzbot.kept DROP COLUMN put_off;
ALTER TABLE mrzbot.aside DROP COLUMN put_off;
ALTER TABLE mrzbot.tasks DROP COLUMN put_off;
