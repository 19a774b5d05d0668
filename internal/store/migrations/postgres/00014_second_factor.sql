-- +goose Up

-- What makes the codes of an account, sealed under a key of the keyring. One that is not confirmed by a first code counts
-- for nothing. last_step is the last 30 seconds of which a code was used: no code counts twice, nor one that is older.
create table second_factors (
    account_id text primary key references accounts (id),
    agency_id  text        not null references agencies (id),
    sealed_by  text        not null,
    sealed     text        not null,
    last_step  bigint      not null default 0,
    created    timestamptz not null,
    confirmed  timestamptz
);

-- What stands in for a code when the telephone is gone; a keyed digest is kept, and each counts once.
create table recovery_codes (
    id         text primary key,
    agency_id  text        not null references agencies (id),
    account_id text        not null references accounts (id),
    digest     text        not null,
    created    timestamptz not null,
    used_at    timestamptz
);

create unique index recovery_codes_by_digest on recovery_codes (account_id, digest, agency_id);

-- Sign-ins whose password was right and whose code is awaited. None is a session. password_mark tells the password that
-- was given: a new one ends them.
create table sign_in_challenges (
    id            text primary key,
    agency_id     text        not null references agencies (id),
    account_id    text        not null references accounts (id),
    digest        text        not null,
    device_id     text        not null default '',
    password_mark text        not null,
    created       timestamptz not null,
    expires       timestamptz not null
);

create unique index sign_in_challenges_by_digest on sign_in_challenges (digest, agency_id);
create index sign_in_challenges_by_account on sign_in_challenges (account_id);
create index sign_in_challenges_by_expiry on sign_in_challenges (expires);

-- Whether a code was given where it was opened.
alter table sessions add column factor boolean not null default false;
alter table personal_tokens add column factor boolean not null default false;

-- By what its owner tells a browser from others.
alter table known_devices add column user_agent text not null default '';
alter table known_devices add column last_seen timestamptz;

-- +goose Down

alter table known_devices drop column last_seen;
alter table known_devices drop column user_agent;
alter table personal_tokens drop column factor;
alter table sessions drop column factor;
drop table sign_in_challenges;
drop table recovery_codes;
drop table second_factors;
