-- +goose Up

-- Applications that accounts open. The id is the OpenID client's and what account_applications names; lists are JSON.
create table applications (
    agency_id     text        not null references agencies (id),
    id            text not null,
    name          text        not null,
    about         text        not null,
    provider      text        not null,
    kind          text        not null,
    icon          text        not null,
    access        text        not null,
    launch        text        not null,
    redirects     text        not null,
    post_logout   text        not null,
    back_channel  text        not null,
    owner_id      text references accounts (id),
    third_party   boolean     not null,
    enabled       boolean     not null,
    secret_digest text        not null default '',
    secret_set    datetime,
    version       integer     not null,
    created       datetime not null,
    primary key (agency_id, id)
);

-- What an account told a third party's application it may know.
create table openid_consents (
    agency_id   text        not null references agencies (id),
    account_id  text        not null references accounts (id),
    application text        not null,
    scopes      text        not null,
    given       datetime not null,
    primary key (agency_id, account_id, application)
);

-- One opening of one application from one session. Its tokens count while the session is there, so there is no foreign
-- key to it: a session that is gone ends the grant.
create table openid_grants (
    id          text primary key,
    agency_id   text        not null references agencies (id),
    account_id  text        not null references accounts (id),
    application text        not null,
    session_id  text        not null,
    created     datetime not null,
    expires     datetime not null,
    ended       datetime,
    told        datetime,
    tries       integer     not null default 0,
    next_try    datetime
);

create index openid_grants_by_session on openid_grants (session_id, application);
create index openid_grants_open on openid_grants (expires) where ended is null;
create index openid_grants_untold on openid_grants (next_try) where ended is not null and told is null;

create table openid_tokens (
    agency_id text        not null references agencies (id),
    kind      text        not null,
    digest    text        not null,
    grant_id  text        not null references openid_grants (id),
    body      text        not null,
    created   datetime not null,
    expires   datetime not null,
    spent     datetime,
    primary key (digest, kind, agency_id)
);

create index openid_tokens_by_grant on openid_tokens (grant_id);
create index openid_tokens_by_expiry on openid_tokens (expires);

create table openid_keys (
    id        text primary key,
    agency_id text        not null references agencies (id),
    sealed_by text        not null,
    sealed    text        not null,
    created   datetime not null
);

-- +goose Down


drop table openid_keys;
drop table openid_tokens;
drop table openid_grants;
drop table openid_consents;
drop table applications;
