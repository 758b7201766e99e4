-- What was audited stays as it was written.

-- +goose Up
LOCK TABLE mrzbot.versions IN EXCLUSIVE MODE; -- see migrate.go

-- +goose StatementBegin
CREATE FUNCTION mrzbot.keep_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'entries of the audit are added and never changed' USING ERRCODE = 'insufficient_privilege';
END $$;
-- +goose StatementEnd

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON mrzbot.audit
    FOR EACH STATEMENT EXECUTE FUNCTION mrzbot.keep_audit();

-- +goose Down
DROP TRIGGER append_only ON mrzbot.audit;
DROP FUNCTION mrzbot.keep_audit;
