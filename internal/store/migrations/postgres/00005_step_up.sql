-- +goose Up

-- When the password was last given: at sign-in, and when it was asked for again.
alter table sessions add column proved timestamptz;
alter table personal_tokens add column proved timestamptz;

-- +goose Down

alter table personal_tokens drop column proved;
alter table sessions drop column proved;
