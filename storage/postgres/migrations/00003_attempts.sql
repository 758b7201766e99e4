-- +goose Up
LOCK TABLE mrzbot.versions IN EXCLUSIVE MODE; -- see migrate.go

-- attempt is a task's attempt as a step left or found it, and what the step
-- says: ok, lost, held, limit, or invalid.
CREATE TYPE mrzbot.attempt AS (
    says    text,
    began   bigint,
    day     text,
    calling boolean,
    held    boolean,
    outcome text,
    counted boolean,
    number  bigint
);

-- begin_attempt is Begin. The person's row of the day is what the attempts of
-- the day go through one by one, so that the limit is exact.
-- +goose StatementBegin
CREATE FUNCTION mrzbot.begin_attempt(p_id text, p_lease text, p_now bigint, p_day text, p_limit bigint)
RETURNS mrzbot.attempt LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off AS $$
DECLARE
    t record;
    a mrzbot.attempt := ('ok', null, '', false, false, '', false, 0);
BEGIN
    SELECT person, began, day, calling, held, outcome, counted, number INTO t
        FROM mrzbot.tasks WHERE id = p_id AND lease = p_lease FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        a.says := 'lost';
        RETURN a;
    ELSIF t.held THEN
        a := ('held', t.began, t.day, t.calling, t.held, t.outcome, t.counted, t.number);
        RETURN a;
    ELSIF t.began IS NULL THEN
        INSERT INTO mrzbot.days AS d VALUES (p_day, t.person, 0, 1)
            ON CONFLICT (day, person) DO UPDATE SET reserved = d.reserved + 1
            WHERE p_limit <= 0 OR d.settled + d.reserved < p_limit;
        IF NOT FOUND THEN
            a.says := 'limit';
            RETURN a;
        END IF;
        t.began := p_now;
        t.day := p_day;
    END IF;
    IF NOT t.calling THEN
        UPDATE mrzbot.tasks SET began = t.began, day = t.day, calling = true WHERE id = p_id;
    END IF;
    a := ('ok', t.began, t.day, true, false, '', false, 0);
    RETURN a;
END $$;
-- +goose StatementEnd

-- hold_answer is Hold.
-- +goose StatementBegin
CREATE FUNCTION mrzbot.hold_answer(
    p_id text, p_lease text, p_now bigint, p_payload bytea, p_outcome text, p_counted boolean, p_charge text,
    p_session text, p_took bigint, p_shares bigint
) RETURNS mrzbot.attempt LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off AS $$
DECLARE
    t record;
    n bigint := 0;
    a mrzbot.attempt := ('ok', null, '', false, false, '', false, 0);
BEGIN
    SELECT seq, person, began, day, calling, held, outcome, counted, number INTO t
        FROM mrzbot.tasks WHERE id = p_id AND lease = p_lease FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        a.says := 'lost';
        RETURN a;
    ELSIF t.held THEN
        a := ('held', t.began, t.day, t.calling, t.held, t.outcome, t.counted, t.number);
        RETURN a;
    ELSIF p_counted AND t.began IS NULL THEN
        a.says := 'invalid';
        RETURN a;
    END IF;
    IF t.began IS NOT NULL THEN
        UPDATE mrzbot.days SET reserved = reserved - 1, settled = settled + p_counted::int
            WHERE day = t.day AND person = t.person RETURNING settled INTO n;
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
    a := ('ok', t.began, t.day, false, true, p_outcome, p_counted, n);
    RETURN a;
END $$;
-- +goose StatementEnd

-- sweep_ledger folds away rows that ended before p_keep, and counts of days
-- before p_last_day, up to p_most of each: the totals have them already.
-- +goose StatementBegin
CREATE FUNCTION mrzbot.sweep_ledger(p_keep bigint, p_last_day text, p_most bigint) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off AS $$
BEGIN
    DELETE FROM mrzbot.ledger WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM mrzbot.ledger WHERE ended < p_keep ORDER BY ended, seq LIMIT p_most FOR UPDATE SKIP LOCKED));
    DELETE FROM mrzbot.days WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM mrzbot.days WHERE day < p_last_day AND reserved = 0
        ORDER BY day LIMIT p_most FOR UPDATE SKIP LOCKED));
END $$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION mrzbot.sweep_ledger, mrzbot.hold_answer, mrzbot.begin_attempt;
DROP TYPE mrzbot.attempt;
