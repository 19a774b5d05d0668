-- +goose Up

-- Passwords that were replaced, as encoded argon2id hashes: they cannot come back.
create table password_history (
    id         text primary key,
    agency_id  text not null references agencies (id),
    account_id text not null references accounts (id),
    hash       text not null,
    replaced   datetime not null
);

create index password_history_by_account on password_history (account_id, replaced);

-- By how many days before its end the owner of a password was told; 0 for not yet.
alter table accounts add column password_noticed integer not null default 0;

create index accounts_by_password_age on accounts (password_changed_at, id) where status = 'active';

-- Who asked for a new password because theirs is forgotten. What was typed is sealed (AES-256-GCM) until somebody looks,
-- and gone from then on. asked_by is who did so at the service desk, on_sight what they were shown. Instants are wall time.
create table password_resets (
    id         text primary key,
    agency_id  text not null references agencies (id),
    form       text not null,
    lang       text not null check (lang in ('id', 'en')),
    account_id text references accounts (id),
    asked_by   text references accounts (id),
    on_sight   text not null default '',
    outcome    text not null default '',
    created    datetime not null,
    looked_at  datetime,
    sent_at    datetime
);

create index password_resets_waiting on password_resets (created) where looked_at is null;
create index password_resets_sent on password_resets (account_id, sent_at);

-- Proofs that somebody is no machine, each of use once.
create table captcha_nonces (
    agency_id text not null references agencies (id),
    nonce     text not null,
    expires   datetime not null,
    primary key (agency_id, nonce)
);

-- +goose Down

drop table captcha_nonces;
drop table password_resets;
drop index accounts_by_password_age;
alter table accounts drop column password_noticed;
drop table password_history;
