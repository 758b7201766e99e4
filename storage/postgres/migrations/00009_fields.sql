-- What a note said in words is said by columns: what a task waits for, and what whoever
-- finds a kept one should know. When people were shut out is kept with them.

-- +goose Up
LOCK TABLE mrzbot.versions IN EXCLUSIVE MODE; -- see migrate.go

-- waits_for, waits_since: storage.Waiting. reply, repeat_of, request: storage.Retain.
-- The three tables have the same columns.
ALTER TABLE mrzbot.tasks
    ADD COLUMN waits_for text NOT NULL DEFAULT '',
    ADD COLUMN waits_since bigint NOT NULL DEFAULT -62135596800000000,
    ADD COLUMN reply bigint NOT NULL DEFAULT 0,
    ADD COLUMN repeat_of text NOT NULL DEFAULT '',
    ADD COLUMN request boolean NOT NULL DEFAULT false;
ALTER TABLE mrzbot.aside
    ADD COLUMN waits_for text NOT NULL DEFAULT '',
    ADD COLUMN waits_since bigint NOT NULL DEFAULT -62135596800000000,
    ADD COLUMN reply bigint NOT NULL DEFAULT 0,
    ADD COLUMN repeat_of text NOT NULL DEFAULT '',
    ADD COLUMN request boolean NOT NULL DEFAULT false;
ALTER TABLE mrzbot.kept
    ADD COLUMN waits_for text NOT NULL DEFAULT '',
    ADD COLUMN waits_since bigint NOT NULL DEFAULT -62135596800000000,
    ADD COLUMN reply bigint NOT NULL DEFAULT 0,
    ADD COLUMN repeat_of text NOT NULL DEFAULT '',
    ADD COLUMN request boolean NOT NULL DEFAULT false;

-- As Task.ReadNote in storage/earlier.go.
UPDATE mrzbot.tasks SET waits_for = split_part(note, ' ', 1), waits_since = split_part(note, ' ', 2)::bigint * 1000000
    WHERE note ~ '^(service|download) [0-9]{1,11}$';
UPDATE mrzbot.aside SET waits_for = split_part(note, ' ', 1), waits_since = split_part(note, ' ', 2)::bigint * 1000000
    WHERE note ~ '^(service|download) [0-9]{1,11}$';
UPDATE mrzbot.kept SET reply = split_part(note, ' ', 1)::bigint, repeat_of = coalesce(substring(note FROM '^[0-9]+ (.*)$'), '')
    WHERE note ~ '^[0-9]{1,9}( |$)';
UPDATE mrzbot.kept SET request = true WHERE note = 'ask';
ALTER TABLE mrzbot.tasks DROP COLUMN note;
ALTER TABLE mrzbot.aside DROP COLUMN note;
ALTER TABLE mrzbot.kept DROP COLUMN note;

-- shut_out: when the person was last shut out.
ALTER TABLE mrzbot.people ADD COLUMN shut_out bigint NOT NULL DEFAULT -62135596800000000;
INSERT INTO mrzbot.people (id, name, role, added, let_in_by, blocked, shut_out)
    SELECT substr(key, 10)::bigint, '', '', -62135596800000000, 0, false, encode(value, 'escape')::bigint FROM mrzbot.settings
    WHERE key ~ '^shut_out:[0-9]{1,18}$' AND encode(value, 'escape') ~ '^[0-9]{1,17}$'
    ON CONFLICT (id) DO UPDATE SET shut_out = excluded.shut_out;
DELETE FROM mrzbot.settings WHERE starts_with(key, 'shut_out:');

-- add stores a task if its name is new. p_remember is storage.Remember.
-- +goose StatementBegin
CREATE FUNCTION mrzbot.add(
    p_remember bigint, p_id text, p_kind text, p_order text, p_person bigint, p_chat bigint, p_message bigint,
    p_file_id text, p_added bigint, p_not_before bigint, p_payload bytea
) RETURNS boolean LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off AS $$
DECLARE
    is_behind boolean := false;
BEGIN
    IF p_order <> '' THEN
        -- What is brought again need not wait for its order key.
        IF EXISTS (SELECT FROM mrzbot.names WHERE id = p_id AND since > p_added - p_remember) THEN
            RETURN false;
        END IF;
        INSERT INTO mrzbot.orders VALUES (p_order) ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN
            PERFORM mrzbot.lock_order(p_order);
            is_behind := EXISTS (SELECT FROM mrzbot.tasks WHERE order_key = p_order AND order_key <> '');
        END IF; -- otherwise it is the first
    END IF;
    INSERT INTO mrzbot.names AS n (id, since)
        SELECT p_id, p_added WHERE NOT EXISTS (SELECT FROM mrzbot.tasks WHERE id = p_id)
        ON CONFLICT (id) DO UPDATE SET since = excluded.since WHERE n.since <= p_added - p_remember;
    IF NOT FOUND THEN
        IF p_order <> '' AND NOT is_behind THEN
            PERFORM mrzbot.free_order(p_order);
        END IF;
        RETURN false;
    END IF;
    INSERT INTO mrzbot.tasks (seq, id, kind, order_key, behind, person, chat, message, file_id, added, not_before, payload)
        VALUES (nextval('mrzbot.task_seq'), p_id, p_kind, p_order, is_behind, p_person, p_chat, p_message, p_file_id, p_added,
            p_not_before, p_payload);
    RETURN true;
END $$;
-- +goose StatementEnd

-- add_all adds tasks whose fields come as one array each. It gives true.
-- +goose StatementBegin
CREATE FUNCTION mrzbot.add_all(
    p_orders text[], p_remember bigint, p_ids text[], p_kinds text[], p_persons bigint[], p_chats bigint[], p_messages bigint[],
    p_file_ids text[], p_added bigint[], p_not_before bigint[], p_payloads bytea[]
) RETURNS boolean LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off AS $$
BEGIN
    FOR i IN 1 .. cardinality(p_ids) LOOP
        PERFORM mrzbot.add(p_remember, p_ids[i], p_kinds[i], p_orders[i], p_persons[i], p_chats[i], p_messages[i],
            p_file_ids[i], p_added[i], p_not_before[i], p_payloads[i]);
    END LOOP;
    RETURN true;
END $$;
-- +goose StatementEnd

-- keep finishes a task and lets it be looked up until a time. It reports whether
-- the lease held.
-- +goose StatementBegin
CREATE FUNCTION mrzbot.keep(
    p_id text, p_lease text, p_lock text[], p_remember bigint, p_until bigint, p_reply bigint, p_repeat_of text, p_request boolean
) RETURNS boolean LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off AS $$
DECLARE
    t mrzbot.tasks;
BEGIN
    SELECT * INTO t FROM mrzbot.finish(p_id, p_lease, p_lock);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    t.reply := p_reply;
    t.repeat_of := p_repeat_of;
    t.request := p_request;
    t.lease := '';
    INSERT INTO mrzbot.kept SELECT p_until, '', t.*;
    IF NOT EXISTS (SELECT FROM mrzbot.names WHERE id = p_id AND since >= p_until - p_remember) THEN
        INSERT INTO mrzbot.names AS n VALUES (p_id, p_until - p_remember)
            ON CONFLICT (id) DO UPDATE SET since = greatest(n.since, excluded.since);
    END IF;
    RETURN true;
END $$;
-- +goose StatementEnd

DROP FUNCTION mrzbot.add(bigint, text, text, text, bigint, bigint, bigint, text, bigint, bigint, text, bytea);
DROP FUNCTION mrzbot.add_all(text[], bigint, text[], text[], bigint[], bigint[], bigint[], text[], bigint[], bigint[], text[], bytea[]);
DROP FUNCTION mrzbot.keep(text, text, text[], bigint, bigint, text);

-- +goose Down
DROP FUNCTION mrzbot.keep, mrzbot.add_all, mrzbot.add;
DELETE FROM mrzbot.people WHERE role = '' AND name = '' AND day_limit IS NULL AND language = '' AND note = '';
ALTER TABLE mrzbot.people DROP COLUMN shut_out;
ALTER TABLE mrzbot.tasks DROP COLUMN waits_for, DROP COLUMN waits_since, DROP COLUMN reply, DROP COLUMN repeat_of, DROP COLUMN request,
    ADD COLUMN note text NOT NULL DEFAULT '';
ALTER TABLE mrzbot.aside DROP COLUMN waits_for, DROP COLUMN waits_since, DROP COLUMN reply, DROP COLUMN repeat_of, DROP COLUMN request,
    ADD COLUMN note text NOT NULL DEFAULT '';
ALTER TABLE mrzbot.kept DROP COLUMN waits_for, DROP COLUMN waits_since, DROP COLUMN reply, DROP COLUMN repeat_of, DROP COLUMN request,
    ADD COLUMN note text NOT NULL DEFAULT '';
