-- Calls whose answer nobody knows count, and each person's day tells how many they
-- are.

-- +goose Up
LOCK TABLE mrzbot.versions IN EXCLUSIVE MODE; -- see migrate.go

ALTER TABLE mrzbot.days ADD COLUMN unanswered bigint NOT NULL DEFAULT 0;

-- hold_answer is Hold. What counts although nobody knows whether it was charged is
-- an unanswered attempt.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION mrzbot.hold_answer(
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
        UPDATE mrzbot.days SET reserved = reserved - 1, settled = settled + p_counted::int,
                unanswered = unanswered + (p_counted AND p_charge = 'unknown')::int
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

-- +goose Down
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION mrzbot.hold_answer(
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

ALTER TABLE mrzbot.days DROP COLUMN unanswered;
