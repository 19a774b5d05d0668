-- +goose Up

-- An employee's request for an account of their own. What was typed is sealed (AES-256-GCM) until somebody looks, and
-- gone from then on; of the NIP a keyed digest stays, by which one person's requests are counted. The employee is whom the
-- registry knows by it; held says that usernames are held for them and that a code may be out.
create table activations (
    case_id      text primary key references cases (id),
    agency_id    text    not null references agencies (id),
    nip_digest   text    not null,
    form         text    not null,
    lang         text    not null check (lang in ('id', 'en')),
    employee_id  text references employees (id),
    email        text    not null default '',
    turned       text    not null default '',
    warn         boolean not null default false,
    tell         boolean not null default false,
    held         boolean not null default false,
    came         text    not null default '',
    account_id   text references accounts (id),
    created      timestamptz not null,
    ends         timestamptz,
    heard        timestamptz,
    closed       timestamptz
);

create unique index activations_held on activations (agency_id, employee_id) where held;
create index activations_by_nip on activations (agency_id, nip_digest, created);
create index activations_by_employee on activations (employee_id, created);
create index activations_unheard on activations (created) where heard is null and closed is null;

-- Nobody else is offered a username that is held; releasing it is deleting it.
create table username_holds (
    agency_id text not null references agencies (id),
    username  text not null,
    case_id   text not null references activations (case_id),
    primary key (agency_id, username)
);

create index username_holds_by_case on username_holds (case_id);

create table activation_codes (
    id            text primary key,
    agency_id     text    not null references agencies (id),
    case_id       text    not null references activations (case_id),
    code_digest   text    not null,
    secret_digest text    not null,
    tries         integer not null default 0 check (tries between 0 and 5),
    created       timestamptz not null,
    used_at       timestamptz,
    voided_at     timestamptz
);

-- One live code for each request.
create unique index activation_codes_live on activation_codes (agency_id, case_id) where used_at is null and voided_at is null;
create index activation_codes_by_code on activation_codes (code_digest) where used_at is null and voided_at is null;
create index activation_codes_by_secret on activation_codes (secret_digest) where used_at is null and voided_at is null;

-- When codes were sent to a person, in wall time.
create table activation_sendings (
    id          text primary key,
    agency_id   text not null references agencies (id),
    employee_id text not null references employees (id),
    case_id     text not null references activations (case_id),
    at          timestamptz not null
);

create index activation_sendings_by_employee on activation_sendings (employee_id, at);

-- The link of a warning, by which whoever gets it says that it was not them: one for each message.
create table activation_links (
    notice_id text primary key references notices (id),
    agency_id text not null references agencies (id),
    case_id   text not null references activations (case_id),
    digest    text not null,
    created   timestamptz not null,
    used_at   timestamptz
);

create unique index activation_links_by_digest on activation_links (digest, agency_id);

alter table notices add column secret_of text references cases (id); -- the activation whose secret the message bears

-- +goose Down

alter table notices drop column secret_of;
drop table activation_links;
drop table activation_sendings;
drop table activation_codes;
drop table username_holds;
drop table activations;
