-- What every photo goes through: quick with thousands of tasks that wait, and in
-- few statements, because starting one costs the server more than what it does.

-- +goose Up
LOCK TABLE mrzbot.versions IN EXCLUSIVE MODE; -- see migrate.go

-- The tasks that nobody has in work, first those that wait for no time (their
-- not_before is the lowest there is), by seq; and those by person. Who is put off,
-- or in work, is in nobody's way here.
DROP INDEX mrzbot.tasks_open;
CREATE INDEX tasks_open ON mrzbot.tasks (kind, not_before, seq) WHERE NOT behind AND lease = '';
CREATE INDEX tasks_person ON mrzbot.tasks (kind, person, seq)
    WHERE NOT behind AND lease = '' AND not_before = -62135596800000000;

-- add stores a task if its name is new. p_remember is storage.Remember.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION mrzbot.add(
    p_remember bigint, p_id text, p_kind text, p_order text, p_person bigint, p_chat bigint, p_message bigint,
    p_file_id text, p_added bigint, p_not_before bigint, p_note text, p_payload bytea
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
    INSERT INTO mrzbot.tasks (seq, id, kind, order_key, behind, person, chat, message, file_id, added, not_before, note, payload)
        VALUES (nextval('mrzbot.task_seq'), p_id, p_kind, p_order, is_behind, p_person, p_chat, p_message, p_file_id, p_added,
            p_not_before, p_note, p_payload);
    RETURN true;
END $$;
-- +goose StatementEnd

-- claim leases up to p_max tasks: in the order of how many tasks a person has in
-- work, those picked before it included, then of seq.
--
-- It ranks the first p_look tasks that are ready. They suffice if they are all,
-- or if only firsts of people with nothing in work are picked: whoever else
-- there is comes later. Otherwise it ranks the first few of each person, as many
-- as it takes: what it has not seen of a person comes after what it has seen, so
-- ranks below the lowest of those not seen are right.
--
-- A task that another claim looks at is skipped, and the next one taken. An
-- index finds each step; what waits for a time that has come is looked at whole.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION mrzbot.claim(p_kinds text[], p_now bigint, p_until bigint, p_max bigint, p_owner text, p_look bigint)
RETURNS SETOF mrzbot.tasks LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    spare CONSTANT bigint := 32; -- more than other claims look at, usually
    remaining bigint := p_max;
    look CONSTANT bigint := greatest(p_look, p_max + spare);
    depth bigint := 0; -- how many of each person are ranked; 0: the first ones of all
    tried text[] := '{}';
    picks text[];
    seen bigint;
    got bigint;
BEGIN
    -- Most claims find nothing, or a single task: these need no ranks.
    SELECT array_agg(id) INTO picks FROM (
        (SELECT id FROM mrzbot.tasks WHERE kind = ANY (p_kinds) AND NOT behind AND lease = '' AND not_before <= p_now LIMIT 2)
        UNION ALL
        (SELECT id FROM mrzbot.tasks WHERE kind = ANY (p_kinds) AND NOT behind AND lease <> '' AND lease_until <= p_now LIMIT 2)
    ) AS r;
    IF picks IS NULL THEN
        RETURN;
    ELSIF cardinality(picks) = 1 AND remaining > 0 THEN
        RETURN QUERY
            UPDATE mrzbot.tasks AS t
            SET tries = tries + 1, lease = p_owner || '.' || nextval('mrzbot.lease_seq'), lease_until = p_until
            WHERE id = (
                SELECT id FROM mrzbot.tasks
                WHERE id = picks[1] AND NOT behind AND not_before <= p_now AND lease_until <= p_now
                FOR UPDATE SKIP LOCKED
            ) RETURNING t.*;
        RETURN;
    END IF;
    WHILE remaining > 0 LOOP
        IF depth = 0 THEN
            WITH ready AS MATERIALIZED (
                SELECT * FROM (
                    SELECT r.* FROM unnest(p_kinds) AS k, LATERAL (
                        SELECT id, seq, person FROM mrzbot.tasks
                        WHERE kind = k AND NOT behind AND lease = '' AND not_before = -62135596800000000 AND id <> ALL (tried)
                        ORDER BY seq LIMIT look
                    ) AS r
                    UNION ALL
                    SELECT id, seq, person FROM mrzbot.tasks
                    WHERE kind = ANY (p_kinds) AND NOT behind AND lease = '' AND not_before > -62135596800000000
                        AND not_before <= p_now AND id <> ALL (tried)
                    UNION ALL
                    SELECT id, seq, person FROM mrzbot.tasks
                    WHERE kind = ANY (p_kinds) AND NOT behind AND lease <> '' AND lease_until <= p_now
                        AND not_before <= p_now AND id <> ALL (tried)
                ) AS r
                ORDER BY seq LIMIT look
            ), ranked AS (
                SELECT id, seq, count(*) OVER () AS ready,
                    coalesce(tasks, 0) + row_number() OVER (PARTITION BY person ORDER BY seq) - 1 AS rank
                FROM ready LEFT JOIN (
                    SELECT person, count(*) AS tasks FROM mrzbot.tasks
                    WHERE lease <> '' AND lease_until > p_now AND kind = ANY (p_kinds)
                    GROUP BY person
                ) AS busy USING (person)
                ORDER BY rank, seq LIMIT remaining + spare
            )
            SELECT array_agg(id ORDER BY rank, seq) FILTER (WHERE rank = 0 OR ready < look), max(ready)
                INTO picks, seen FROM ranked;
            EXIT WHEN seen IS NULL;
            IF seen >= look AND (picks IS NULL OR cardinality(picks) < remaining) THEN
                depth := 1;
                CONTINUE;
            END IF;
        ELSE
            WITH RECURSIVE people AS (
                SELECT k, (SELECT min(person) FROM mrzbot.tasks
                    WHERE kind = k AND NOT behind AND lease = '' AND not_before = -62135596800000000) AS person
                FROM unnest(p_kinds) AS k
                UNION ALL
                SELECT k, (SELECT min(t.person) FROM mrzbot.tasks AS t
                    WHERE kind = k AND NOT behind AND lease = '' AND not_before = -62135596800000000 AND t.person > p.person)
                FROM people AS p WHERE p.person IS NOT NULL
            ), ready AS MATERIALIZED (
                SELECT r.*, p.person FROM people AS p, LATERAL (
                    SELECT id, seq, row_number() OVER (ORDER BY seq) AS n FROM mrzbot.tasks AS t
                    WHERE kind = k AND t.person = p.person AND NOT behind AND lease = '' AND not_before = -62135596800000000
                        AND id <> ALL (tried)
                    ORDER BY seq LIMIT depth
                ) AS r
                UNION ALL
                SELECT id, seq, 0, person FROM mrzbot.tasks
                WHERE kind = ANY (p_kinds) AND NOT behind AND lease = '' AND not_before > -62135596800000000
                    AND not_before <= p_now AND id <> ALL (tried)
                UNION ALL
                SELECT id, seq, 0, person FROM mrzbot.tasks
                WHERE kind = ANY (p_kinds) AND NOT behind AND lease <> '' AND lease_until <= p_now
                    AND not_before <= p_now AND id <> ALL (tried)
            ), ranked AS (
                SELECT id, seq, coalesce(tasks, 0) + row_number() OVER (PARTITION BY person ORDER BY seq) - 1 AS rank,
                    min(coalesce(tasks, 0) + depth) FILTER (WHERE n = depth) OVER () AS unseen
                FROM ready LEFT JOIN (
                    SELECT person, count(*) AS tasks FROM mrzbot.tasks
                    WHERE lease <> '' AND lease_until > p_now AND kind = ANY (p_kinds)
                    GROUP BY person
                ) AS busy USING (person)
                ORDER BY rank, seq LIMIT remaining + spare
            )
            SELECT array_agg(id ORDER BY rank, seq) FILTER (WHERE unseen IS NULL OR rank < unseen), max(unseen)
                INTO picks, seen FROM ranked;
            IF seen IS NOT NULL AND (picks IS NULL OR cardinality(picks) < remaining) THEN
                depth := depth * 4;
                CONTINUE;
            END IF;
            EXIT WHEN picks IS NULL;
        END IF;
        RETURN QUERY
            WITH locked AS MATERIALIZED (
                SELECT t.id, p.n FROM unnest(picks) WITH ORDINALITY AS p (id, n) JOIN mrzbot.tasks AS t USING (id)
                WHERE NOT t.behind AND t.not_before <= p_now AND t.lease_until <= p_now
                ORDER BY p.n LIMIT remaining FOR UPDATE OF t SKIP LOCKED
            ), taken AS (
                UPDATE mrzbot.tasks AS t
                SET tries = tries + 1, lease = p_owner || '.' || nextval('mrzbot.lease_seq'), lease_until = p_until
                FROM locked WHERE t.id = locked.id RETURNING t AS task, n
            )
            SELECT (task).* FROM taken ORDER BY n;
        GET DIAGNOSTICS got = ROW_COUNT;
        EXIT WHEN got = cardinality(picks);
        remaining := remaining - got;
        tried := tried || picks;
    END LOOP;
END $$;
-- +goose StatementEnd

-- finish removes a leased task from those that are left, gives its reservation
-- back if it has one, and lets the next of its order key be claimed. It gives
-- no row when the lease is lost. p_lock are further order keys that the
-- transaction is going to need: all of them are locked in one order.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION mrzbot.finish(p_id text, p_lease text, p_lock text[]) RETURNS SETOF mrzbot.tasks LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    t mrzbot.tasks;
    key text;
    next record;
BEGIN
    DELETE FROM mrzbot.tasks WHERE id = p_id AND lease = p_lease RETURNING * INTO t;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF p_lock = '{}' AND t.order_key <> '' THEN
        -- Whoever removes the key's row has the key to itself, too.
        DELETE FROM mrzbot.orders WHERE order_key = t.order_key;
        SELECT id, behind INTO next FROM mrzbot.tasks WHERE order_key = t.order_key AND order_key <> '' ORDER BY seq LIMIT 1;
        IF FOUND THEN
            INSERT INTO mrzbot.orders VALUES (t.order_key);
            IF next.behind THEN
                UPDATE mrzbot.tasks SET behind = false WHERE id = next.id;
            END IF;
        END IF;
    ELSIF p_lock <> '{}' THEN
        FOR key IN SELECT DISTINCT k COLLATE "C" FROM unnest(p_lock || t.order_key) AS k WHERE k <> '' ORDER BY 1 LOOP
            PERFORM mrzbot.lock_order(key);
        END LOOP;
        IF t.order_key <> '' THEN
            PERFORM mrzbot.free_order(t.order_key);
        END IF;
    END IF;
    IF t.began IS NOT NULL AND NOT t.held THEN
        UPDATE mrzbot.days SET reserved = reserved - 1 WHERE day = t.day AND person = t.person;
    END IF;
    RETURN NEXT t;
END $$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION mrzbot.finish, mrzbot.claim, mrzbot.add;
