-- Functions, because each is one round trip and one transaction, because every
-- statement in them sees what was committed when it starts (so after a lock was
-- waited for, too), and because the server keeps their plans, which a pooler in
-- transaction mode would not let a client do.
--
-- Each has the server plan its statements once and for all (planning costs more
-- than running them), and by an index: the tables are queues, so what the server
-- believes about their sizes may be of an hour when they were empty. None is
-- worth being compiled.
--
-- What every photo goes through (add, claim, finish) is in 00004_quick.sql.
--
-- Locks are taken in this order: task, order key, name, day, total.

-- +goose Up
LOCK TABLE mrzbot.versions IN EXCLUSIVE MODE; -- see migrate.go

-- lock_order makes the rest of the transaction the only one that adds or ends
-- tasks of an order key. A Seq that is drawn behind it is above those of all
-- tasks of the key, and they are all visible: none can be overtaken.
-- +goose StatementBegin
CREATE FUNCTION mrzbot.lock_order(p_key text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    LOOP
        INSERT INTO mrzbot.orders VALUES (p_key) ON CONFLICT DO NOTHING;
        EXIT WHEN FOUND;
        PERFORM FROM mrzbot.orders WHERE order_key = p_key FOR UPDATE;
        EXIT WHEN FOUND; -- otherwise it was removed meanwhile
    END LOOP;
END $$;
-- +goose StatementEnd

-- free_order lets the next task of a locked order key be claimed.
-- +goose StatementBegin
CREATE FUNCTION mrzbot.free_order(p_key text) RETURNS void LANGUAGE plpgsql
SET enable_bitmapscan = off AS $$
DECLARE
    next record;
BEGIN
    SELECT id, behind INTO next FROM mrzbot.tasks WHERE order_key = p_key AND order_key <> '' ORDER BY seq LIMIT 1;
    IF NOT FOUND THEN
        DELETE FROM mrzbot.orders WHERE order_key = p_key;
    ELSIF next.behind THEN
        UPDATE mrzbot.tasks SET behind = false WHERE id = next.id;
    END IF;
END $$;
-- +goose StatementEnd

-- sweep_tasks forgets some names and tasks put aside whose time was over at
-- p_over. What another transaction looks at is left to the next call.
-- +goose StatementBegin
CREATE FUNCTION mrzbot.sweep_tasks(p_over bigint, p_most bigint) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off AS $$
BEGIN
    DELETE FROM mrzbot.aside WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM mrzbot.aside WHERE at <= p_over ORDER BY at LIMIT p_most FOR UPDATE SKIP LOCKED));
    DELETE FROM mrzbot.names WHERE id = ANY (ARRAY(
        SELECT id FROM mrzbot.names WHERE since <= p_over ORDER BY since LIMIT p_most FOR UPDATE SKIP LOCKED));
END $$;
-- +goose StatementEnd

-- add_all adds tasks whose fields come as one array each. It gives true.
-- +goose StatementBegin
CREATE FUNCTION mrzbot.add_all(
    p_orders text[], p_remember bigint, p_ids text[], p_kinds text[], p_persons bigint[], p_chats bigint[], p_messages bigint[],
    p_file_ids text[], p_added bigint[], p_not_before bigint[], p_notes text[], p_payloads bytea[]
) RETURNS boolean LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off AS $$
BEGIN
    FOR i IN 1 .. cardinality(p_ids) LOOP
        PERFORM mrzbot.add(p_remember, p_ids[i], p_kinds[i], p_orders[i], p_persons[i], p_chats[i], p_messages[i],
            p_file_ids[i], p_added[i], p_not_before[i], p_notes[i], p_payloads[i]);
    END LOOP;
    RETURN true;
END $$;
-- +goose StatementEnd

-- keep finishes a task and lets it be looked up until a time. It reports whether
-- the lease held.
-- +goose StatementBegin
CREATE FUNCTION mrzbot.keep(p_id text, p_lease text, p_lock text[], p_remember bigint, p_until bigint, p_note text)
RETURNS boolean LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off AS $$
DECLARE
    t mrzbot.tasks;
BEGIN
    SELECT * INTO t FROM mrzbot.finish(p_id, p_lease, p_lock);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    t.note := p_note;
    t.lease := '';
    INSERT INTO mrzbot.kept SELECT p_until, '', t.*;
    IF NOT EXISTS (SELECT FROM mrzbot.names WHERE id = p_id AND since >= p_until - p_remember) THEN
        INSERT INTO mrzbot.names AS n VALUES (p_id, p_until - p_remember)
            ON CONFLICT (id) DO UPDATE SET since = greatest(n.since, excluded.since);
    END IF;
    RETURN true;
END $$;
-- +goose StatementEnd

-- use_kept gives a kept task, and marks it as used by somebody if nobody did.
-- +goose StatementBegin
CREATE FUNCTION mrzbot.use_kept(p_id text, p_by text, p_now bigint) RETURNS SETOF mrzbot.kept LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off AS $$
DECLARE
    k mrzbot.kept;
BEGIN
    SELECT * INTO k FROM mrzbot.kept WHERE id = p_id AND until > p_now ORDER BY seq DESC LIMIT 1 FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF k.used = '' THEN
        k.used := p_by;
        UPDATE mrzbot.kept SET used = p_by WHERE id = p_id AND seq = k.seq;
    END IF;
    RETURN NEXT k;
END $$;
-- +goose StatementEnd

-- sweep_kept removes some kept tasks whose time is over, and says how many.
-- +goose StatementBegin
CREATE FUNCTION mrzbot.sweep_kept(p_now bigint, p_most bigint) RETURNS bigint LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off AS $$
DECLARE
    n bigint;
BEGIN
    DELETE FROM mrzbot.kept WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM mrzbot.kept WHERE until <= p_now ORDER BY until LIMIT p_most FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END $$;
-- +goose StatementEnd

-- put_aside finishes a task and keeps it out of the way.
-- +goose StatementBegin
CREATE FUNCTION mrzbot.put_aside(p_id text, p_lease text, p_lock text[], p_now bigint, p_reason text)
RETURNS boolean LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off AS $$
BEGIN
    INSERT INTO mrzbot.aside SELECT p_now, p_reason, t.* FROM mrzbot.finish(p_id, p_lease, p_lock) AS t;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO mrzbot.names AS n VALUES (p_id, p_now)
        ON CONFLICT (id) DO UPDATE SET since = greatest(n.since, excluded.since);
    RETURN true;
END $$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION mrzbot.put_aside, mrzbot.sweep_kept, mrzbot.use_kept, mrzbot.keep, mrzbot.add_all, mrzbot.sweep_tasks,
    mrzbot.free_order, mrzbot.lock_order;
