-- Sums of the totals of days, so that a month's statistics read thousands of rows
-- and not hundreds of thousands.

-- +goose Up
LOCK TABLE mrzbot.versions IN EXCLUSIVE MODE; -- see migrate.go

-- A row sums up a day of all people (person 0), or a month of one person: its day is
-- the month's with 99, behind all days of the month. share spreads the rows of a day,
-- to which all replicas add.
CREATE TABLE mrzbot.sums (
    day     text COLLATE "C",
    person  bigint,
    outcome text COLLATE "C",
    charge  text COLLATE "C",
    counted boolean,
    share   smallint,
    number  bigint NOT NULL,
    PRIMARY KEY (day, person, outcome, charge, counted, share)
);
INSERT INTO mrzbot.sums
    SELECT day, 0, outcome, charge, counted, 0, sum(number) FROM mrzbot.day_totals GROUP BY day, outcome, charge, counted;
INSERT INTO mrzbot.sums
    SELECT left(day, 7) || '-99', person, outcome, charge, counted, 0, sum(number)
    FROM mrzbot.day_totals GROUP BY left(day, 7), person, outcome, charge, counted;

-- add_to_sums adds to what sums up a total of a day.
-- +goose StatementBegin
CREATE FUNCTION mrzbot.add_to_sums(
    p_day text, p_person bigint, p_outcome text, p_charge text, p_counted boolean, p_number bigint, p_share bigint
) RETURNS void LANGUAGE sql AS $$
    INSERT INTO mrzbot.sums AS s VALUES
        (p_day, 0, p_outcome, p_charge, p_counted, p_share, p_number),
        (left(p_day, 7) || '-99', p_person, p_outcome, p_charge, p_counted, 0, p_number)
        ON CONFLICT (day, person, outcome, charge, counted, share) DO UPDATE SET number = s.number + excluded.number;
$$;
-- +goose StatementEnd

-- hold_answer is Hold. p_today is the day of what never began.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION mrzbot.hold_answer(
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
    PERFORM mrzbot.add_to_sums(coalesce(nullif(t.day, ''), p_today), t.person, p_outcome, p_charge, p_counted, 1, t.seq % p_shares);
    a := ('ok', t.began, t.day, false, true, p_outcome, p_counted, n, t.budgeted);
    RETURN a;
END $$;
-- +goose StatementEnd

-- sweep_ledger also forgets sums of days and months that are over before p_last_day.
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
    DELETE FROM mrzbot.sums WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM mrzbot.sums WHERE day < p_last_day ORDER BY day LIMIT p_most FOR UPDATE SKIP LOCKED));
END $$;
-- +goose StatementEnd

-- +goose Down
DROP TABLE mrzbot.sums;
