-- A budget that is set when more was charged already is told as used up, and an attempt
-- that it refuses leaves nothing behind.

-- +goose Up
LOCK TABLE mrzbot.versions IN EXCLUSIVE MODE; -- see migrate.go

-- budget_use is what is used of a budget: what its row of mrzbot.days counts, and
-- before there is one what was charged in its days.
-- +goose StatementBegin
CREATE FUNCTION mrzbot.budget_use(p_budget text, p_from text, p_to text) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        (SELECT settled FROM mrzbot.days WHERE day = p_budget AND person = 0),
        (SELECT sum(number)::bigint FROM mrzbot.sums WHERE day BETWEEN p_from AND p_to AND person = 0 AND charge <> 'no'),
        0);
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION mrzbot.spend(p_budget text, p_from text, p_to text, p_limit bigint) RETURNS boolean LANGUAGE plpgsql
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
        INSERT INTO mrzbot.days SELECT p_budget, 0, mrzbot.budget_use(p_budget, p_from, p_to), 0 ON CONFLICT DO NOTHING;
    END LOOP;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION mrzbot.begin_attempt(
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
            IF p_month_limit > 0 AND mrzbot.budget_use(month || '-99 all', month || '-01', month || '-31') >= p_month_limit
                OR p_day_limit > 0 AND mrzbot.budget_use(p_day || ' all', p_day, p_day) >= p_day_limit THEN
                a.says := 'budget'; -- and no row of a budget is made
            ELSIF NOT mrzbot.spend(month || '-99 all', month || '-01', month || '-31', p_month_limit) THEN
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

-- +goose Down
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION mrzbot.spend(p_budget text, p_from text, p_to text, p_limit bigint) RETURNS boolean LANGUAGE plpgsql
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

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION mrzbot.begin_attempt(
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
DROP FUNCTION mrzbot.budget_use;
