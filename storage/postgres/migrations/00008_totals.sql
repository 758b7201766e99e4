-- Totals by day and person, and budgets that all people share.

-- +goose Up
LOCK TABLE mrzbot.versions IN EXCLUSIVE MODE; -- see migrate.go

CREATE TABLE mrzbot.day_totals (
    day     text COLLATE "C",
    person  bigint,
    outcome text COLLATE "C",
    charge  text COLLATE "C",
    counted boolean,
    number  bigint NOT NULL,
    PRIMARY KEY (day, person, outcome, charge, counted)
);
INSERT INTO mrzbot.day_totals
    SELECT CASE WHEN day = '' THEN to_char(to_timestamp(ended / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM-DD') ELSE day END AS d,
        person, outcome, charge, counted, count(*)
    FROM mrzbot.ledger GROUP BY d, person, outcome, charge, counted;

-- budgeted: the attempt was taken from the budgets of its day and month. The three
-- tables have the same columns.
ALTER TABLE mrzbot.tasks ADD COLUMN budgeted boolean NOT NULL DEFAULT false;
ALTER TABLE mrzbot.aside ADD COLUMN budgeted boolean NOT NULL DEFAULT false;
ALTER TABLE mrzbot.kept ADD COLUMN budgeted boolean NOT NULL DEFAULT false;
ALTER TYPE mrzbot.attempt ADD ATTRIBUTE budgeted boolean;

-- spend takes one from a budget, whose row of mrzbot.days counts as settled what
-- was taken, and reports whether one was left. The first to take starts with what
-- was charged in the days of the budget before.
-- +goose StatementBegin
CREATE FUNCTION mrzbot.spend(p_budget text, p_from text, p_to text, p_limit bigint) RETURNS boolean LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off AS $$
BEGIN
    LOOP
        UPDATE mrzbot.days SET settled = settled + 1
            WHERE day = p_budget AND person = 0 AND (p_limit <= 0 OR settled < p_limit);
        IF FOUND THEN
            RETURN true;
        ELSIF EXISTS (SELECT FROM mrzbot.days WHERE day = p_budget AND person = 0) THEN
            RETURN false;
        END IF;
        INSERT INTO mrzbot.days SELECT p_budget, 0, coalesce(sum(number), 0), 0 FROM mrzbot.day_totals
            WHERE day BETWEEN p_from AND p_to AND charge <> 'no' ON CONFLICT DO NOTHING;
    END LOOP;
END $$;
-- +goose StatementEnd

-- give_back puts one back into the budgets of a day and its month.
-- +goose StatementBegin
CREATE FUNCTION mrzbot.give_back(p_day text) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off AS $$
BEGIN
    UPDATE mrzbot.days SET settled = settled - 1 WHERE day = left(p_day, 7) || '-99 all' AND person = 0 AND settled > 0;
    UPDATE mrzbot.days SET settled = settled - 1 WHERE day = p_day || ' all' AND person = 0 AND settled > 0;
END $$;
-- +goose StatementEnd

-- begin_attempt is Begin. The person's row of the day is what the attempts of
-- the day go through one by one, so that the limit is exact; with budgets, all
-- attempts go through those of the month and of the day. Locks of days are taken in
-- this order: person, month, day.
-- +goose StatementBegin
CREATE FUNCTION mrzbot.begin_attempt(
    p_id text, p_lease text, p_now bigint, p_day text, p_limit bigint, p_day_limit bigint, p_month_limit bigint
) RETURNS mrzbot.attempt LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off AS $$
DECLARE
    t record;
    month CONSTANT text := left(p_day, 7);
    a mrzbot.attempt := ('ok', null, '', false, false, '', false, 0, false);
BEGIN
    SELECT person, began, day, calling, held, outcome, counted, number, budgeted INTO t
        FROM mrzbot.tasks WHERE id = p_id AND lease = p_lease FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        a.says := 'lost';
        RETURN a;
    ELSIF t.held THEN
        a := ('held', t.began, t.day, t.calling, t.held, t.outcome, t.counted, t.number, t.budgeted);
        RETURN a;
    ELSIF t.began IS NULL THEN
        INSERT INTO mrzbot.days AS d VALUES (p_day, t.person, 0, 1)
            ON CONFLICT (day, person) DO UPDATE SET reserved = d.reserved + 1
            WHERE p_limit <= 0 OR d.settled + d.reserved < p_limit;
        IF NOT FOUND THEN
            a.says := 'limit';
            RETURN a;
        END IF;
        IF p_day_limit > 0 OR p_month_limit > 0 THEN
            IF NOT mrzbot.spend(month || '-99 all', month || '-01', month || '-31', p_month_limit) THEN
                a.says := 'budget';
            ELSIF NOT mrzbot.spend(p_day || ' all', p_day, p_day, p_day_limit) THEN
                UPDATE mrzbot.days SET settled = settled - 1 WHERE day = month || '-99 all' AND person = 0;
                a.says := 'budget';
            END IF;
            IF a.says = 'budget' THEN
                UPDATE mrzbot.days SET reserved = reserved - 1 WHERE day = p_day AND person = t.person;
                RETURN a;
            END IF;
            t.budgeted := true;
        END IF;
        t.began := p_now;
        t.day := p_day;
    END IF;
    IF NOT t.calling THEN
        UPDATE mrzbot.tasks SET began = t.began, day = t.day, calling = true, budgeted = t.budgeted WHERE id = p_id;
    END IF;
    a := ('ok', t.began, t.day, true, false, '', false, 0, t.budgeted);
    RETURN a;
END $$;
-- +goose StatementEnd
DROP FUNCTION mrzbot.begin_attempt(text, text, bigint, text, bigint);

-- hold_answer is Hold. p_today is the day of what never began.
-- +goose StatementBegin
CREATE FUNCTION mrzbot.hold_answer(
    p_id text, p_lease text, p_now bigint, p_payload bytea, p_outcome text, p_counted boolean, p_charge text,
    p_session text, p_took bigint, p_shares bigint, p_today text
) RETURNS mrzbot.attempt LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off AS $$
DECLARE
    t record;
    n bigint := 0;
    a mrzbot.attempt := ('ok', null, '', false, false, '', false, 0, false);
BEGIN
    SELECT seq, person, began, day, calling, held, outcome, counted, number, budgeted INTO t
        FROM mrzbot.tasks WHERE id = p_id AND lease = p_lease FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        a.says := 'lost';
        RETURN a;
    ELSIF t.held THEN
        a := ('held', t.began, t.day, t.calling, t.held, t.outcome, t.counted, t.number, t.budgeted);
        RETURN a;
    ELSIF p_counted AND t.began IS NULL THEN
        a.says := 'invalid';
        RETURN a;
    END IF;
    IF t.began IS NOT NULL THEN
        UPDATE mrzbot.days SET reserved = reserved - 1, settled = settled + p_counted::int,
                unanswered = unanswered + (p_counted AND p_charge = 'unknown')::int
            WHERE day = t.day AND person = t.person RETURNING settled INTO n;
    END IF;
    IF t.budgeted AND p_charge = 'no' THEN
        PERFORM mrzbot.give_back(t.day);
    END IF;
    IF NOT p_counted THEN
        n := 0;
    END IF;
    UPDATE mrzbot.tasks
        SET calling = false, held = true, outcome = p_outcome, counted = p_counted, number = n, payload = p_payload
        WHERE id = p_id;
    INSERT INTO mrzbot.ledger VALUES (p_now, t.seq, p_id, t.person, coalesce(t.began, p_now), t.day, p_outcome, p_counted,
        p_charge, p_session, p_took);
    INSERT INTO mrzbot.totals AS s VALUES (t.seq % p_shares, p_outcome, p_charge, p_counted, 1)
        ON CONFLICT (share, outcome, charge, counted) DO UPDATE SET number = s.number + 1;
    INSERT INTO mrzbot.day_totals AS s VALUES (coalesce(nullif(t.day, ''), p_today), t.person, p_outcome, p_charge, p_counted, 1)
        ON CONFLICT (day, person, outcome, charge, counted) DO UPDATE SET number = s.number + 1;
    a := ('ok', t.began, t.day, false, true, p_outcome, p_counted, n, t.budgeted);
    RETURN a;
END $$;
-- +goose StatementEnd
DROP FUNCTION mrzbot.hold_answer(text, text, bigint, bytea, text, boolean, text, text, bigint, bigint);

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
        IF t.budgeted THEN
            PERFORM mrzbot.give_back(t.day);
        END IF;
    END IF;
    RETURN NEXT t;
END $$;
-- +goose StatementEnd

-- sweep_ledger also forgets totals of days before p_last_day.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION mrzbot.sweep_ledger(p_keep bigint, p_last_day text, p_most bigint) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off AS $$
BEGIN
    DELETE FROM mrzbot.ledger WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM mrzbot.ledger WHERE ended < p_keep ORDER BY ended, seq LIMIT p_most FOR UPDATE SKIP LOCKED));
    DELETE FROM mrzbot.days WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM mrzbot.days WHERE day < p_last_day AND reserved = 0
        ORDER BY day LIMIT p_most FOR UPDATE SKIP LOCKED));
    DELETE FROM mrzbot.day_totals WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM mrzbot.day_totals WHERE day < p_last_day ORDER BY day LIMIT p_most FOR UPDATE SKIP LOCKED));
END $$;
-- +goose StatementEnd

-- +goose Down
DROP TABLE mrzbot.day_totals;
