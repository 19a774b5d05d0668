-- +goose Up

create table agencies (
    id   text primary key,
    name text not null
);

insert into agencies (id, name) values ('main', 'Main agency');

create table settings (
    agency_id text not null references agencies (id),
    name      text not null,
    content   text not null,
    primary key (agency_id, name)
);

-- Versions are immutable; an edit makes a new one.
create table calendars (
    agency_id text    not null references agencies (id),
    id        text    not null,
    version   integer not null check (version > 0),
    body      text    not null,
    primary key (agency_id, id, version)
);

create table units (
    agency_id   text not null references agencies (id),
    code        text not null,
    parent_code text,
    name        text not null,
    kind        text not null check (kind in ('ministry', 'directorate_general', 'directorate', 'sub_directorate', 'office')),
    path        text not null,
    calendar_id text,
    zone        text not null default 'Asia/Jakarta',
    primary key (agency_id, code)
);

create index units_by_path on units (agency_id, path);

create table employees (
    id                  text primary key,
    agency_id           text not null references agencies (id),
    nip                 text,
    nik                 text not null,
    name                text not null,
    birth_place         text not null,
    birth_date          text not null,
    sex                 text not null check (sex in ('male', 'female')),
    employment_type     text not null check (employment_type in ('pns', 'cpns', 'pppk', 'contract')),
    rank                text not null,
    rank_effective_date text not null,
    unit_code           text not null,
    position            text not null,
    official_email      text not null,
    external_email      text not null,
    status              text not null check (status in ('active', 'leave', 'retired')),
    foreign key (agency_id, unit_code) references units (agency_id, code)
);

create unique index employees_by_nip on employees (agency_id, nip);
create unique index employees_by_nik on employees (agency_id, nik);
create index employees_by_unit on employees (agency_id, unit_code);
create index employees_by_name on employees (agency_id, name, id);

create table cases (
    id                 text primary key,
    agency_id          text        not null references agencies (id),
    kind               text        not null check (kind in ('memo')),
    number             text        not null,
    definition_version integer     not null,
    status             text        not null check (status in ('draft', 'approval', 'returned', 'verification', 'provisioning', 'activation',
                                                              'done', 'refused', 'withdrawn', 'expired', 'discarded')),
    stage              text        not null check (stage in ('', 'head', 'officer')),
    seq                integer     not null,
    version            integer     not null,
    round              integer     not null,
    step               integer     not null,
    requester_id       text        not null,
    sender_id          text,
    unit_code          text        not null,
    unit_path          text not null,
    trouble            text        not null default '',
    next_due           datetime,
    nudged             datetime,
    opened             datetime not null,
    closed             datetime,
    updated            datetime not null,
    -- Database time of the last change: what browsers are told of.
    touched            datetime not null
);

create unique index cases_by_number on cases (agency_id, number);
create index cases_by_status on cases (agency_id, status, opened, id);
create index cases_by_requester on cases (agency_id, requester_id, opened, id);
create index cases_by_sender on cases (agency_id, sender_id, opened, id);
create index cases_by_opened on cases (agency_id, opened, id);
create index cases_by_unit on cases (agency_id, unit_code, status, opened);
create index cases_by_path on cases (agency_id, unit_path);
create index cases_by_touched on cases (touched);
create index cases_in_trouble on cases (agency_id, opened, id) where trouble <> '';

create table memos (
    case_id      text primary key references cases (id),
    agency_id    text not null references agencies (id),
    memo_kind    text not null check (memo_kind in ('flexiwork', 'sso_activation')),
    memo_number  text,
    sending_unit text not null,
    memo_date    text not null,
    addressee    text not null,
    reference    text not null,
    subject      text not null,
    body         text not null,
    contact      text not null,
    copies       text not null
);

create unique index memos_by_number on memos (agency_id, memo_number);

-- What was sent in each round, for the comparison with the next.
create table memo_revisions (
    case_id   text    not null references cases (id),
    round     integer not null check (round > 0),
    agency_id text    not null references agencies (id),
    body      text    not null,
    primary key (case_id, round)
);

create table accounts (
    id                  text primary key,
    agency_id           text        not null references agencies (id),
    username            text not null,
    name                text        not null,
    email               text        not null,
    employee_id         text references employees (id),
    nik                 text,
    status              text        not null check (status in ('pending', 'active', 'disabled')),
    locale              text        not null check (locale in ('id', 'en')),
    zone                text        not null,
    password_hash       text        not null default '',
    password_changed_at datetime,
    must_change         boolean     not null,
    failed_count        integer     not null default 0,
    failed_since        datetime,
    lock_count          integer     not null default 0,
    locked_until        datetime,
    created_by_case     text references cases (id),
    created             datetime not null
);

create unique index accounts_by_username on accounts (agency_id, username);
create unique index accounts_by_employee on accounts (agency_id, employee_id);
create unique index accounts_by_nik on accounts (agency_id, nik);

create table account_applications (
    agency_id   text        not null references agencies (id),
    account_id  text        not null references accounts (id),
    application text        not null,
    case_id     text references cases (id),
    created     datetime not null,
    primary key (account_id, application)
);

create table memo_rows (
    case_id        text    not null references cases (id),
    no             integer not null check (no > 0),
    agency_id      text    not null references agencies (id),
    nip            text    not null,
    nik            text    not null,
    name           text    not null,
    unit_code      text    not null,
    position       text    not null,
    contract_start text    not null,
    contract_end   text    not null,
    external_email text    not null,
    employee_id    text references employees (id),
    state          text    not null check (state in ('pending', 'accepted', 'rejected', 'provisioned', 'activated', 'lapsed')),
    reason         text    not null default '',
    decided_by     text,
    decided_at     datetime,
    account_id     text references accounts (id),
    provisioned_at datetime,
    expires        datetime,
    activated_at   datetime,
    primary key (case_id, no)
);

create index memo_rows_by_state on memo_rows (case_id, state);
create index memo_rows_by_employee on memo_rows (employee_id, case_id);
create index memo_rows_by_account on memo_rows (account_id, state);
create index memo_rows_by_nip on memo_rows (agency_id, nip);
create index memo_rows_by_nik on memo_rows (agency_id, nik);

-- A grant is an appointment, a substitution or a delegation; valid_until is the first instant after it.
create table role_grants (
    id           text primary key,
    agency_id    text        not null references agencies (id),
    employee_id  text references employees (id),
    account_id   text references accounts (id),
    role         text        not null check (role in ('unit_head', 'acting_head', 'substitute', 'ppk', 'hr_head', 'personnel_head',
                                                      'drafter', 'officer', 'officer_lead', 'support_tier1', 'support_tier2',
                                                      'support_tier3', 'support_lead', 'auditor', 'admin')),
    unit_code    text        not null,
    valid_from   datetime not null,
    valid_until  datetime,
    on_behalf_of text references employees (id),
    reason       text        not null default '',
    source       text        not null check (source in ('import', 'admin')),
    check ((employee_id is null) <> (account_id is null)),
    foreign key (agency_id, unit_code) references units (agency_id, code)
);

create index role_grants_by_employee on role_grants (employee_id);
create index role_grants_by_account on role_grants (account_id);
create index role_grants_by_role on role_grants (agency_id, role, unit_code);

create table sessions (
    id         text primary key,
    agency_id  text        not null references agencies (id),
    digest     text        not null,
    account_id text        not null references accounts (id),
    ip         text        not null,
    user_agent text        not null,
    created    datetime not null,
    last_seen  datetime not null,
    expires    datetime not null,
    device_id  text        not null default '' -- of known_devices; empty where the browser is not known
);

create unique index sessions_by_digest on sessions (digest, agency_id);
create index sessions_by_account on sessions (account_id, created);
create index sessions_by_expiry on sessions (expires);

-- A browser in which an account's owner has signed in. It has a lock of its own, so that strangers' failures do not lock
-- its owner out of it. One browser may be known to several accounts: a row each, with the same digest.
create table known_devices (
    id           text primary key,
    agency_id    text        not null references agencies (id),
    digest       text        not null,
    account_id   text        not null references accounts (id),
    created      datetime not null,
    expires      datetime not null,
    failed_count integer     not null default 0,
    failed_since datetime,
    lock_count   integer     not null default 0,
    locked_until datetime
);

create unique index known_devices_by_digest on known_devices (digest, account_id, agency_id);
create index known_devices_by_account on known_devices (account_id);
create index known_devices_by_expiry on known_devices (expires);

create table personal_tokens (
    id         text primary key,
    agency_id  text        not null references agencies (id),
    digest     text        not null,
    account_id text        not null references accounts (id),
    name       text        not null,
    scopes     text        not null,
    created    datetime not null,
    expires    datetime not null,
    last_used  datetime,
    revoked    datetime
);

create unique index personal_tokens_by_digest on personal_tokens (digest, agency_id);
create index personal_tokens_by_account on personal_tokens (account_id, created);

create table one_use_links (
    id         text primary key,
    agency_id  text        not null references agencies (id),
    purpose    text        not null check (purpose in ('set_password')),
    account_id text        not null references accounts (id),
    digest     text        not null,
    created    datetime not null,
    expires    datetime not null,
    used_at    datetime,
    voided_at  datetime
);

create unique index one_use_links_by_digest on one_use_links (digest, agency_id);
-- At most one live secret per account and purpose.
create unique index one_use_links_live on one_use_links (agency_id, account_id, purpose) where used_at is null and voided_at is null;

create table events (
    case_id      text        not null references cases (id),
    seq          integer     not null check (seq > 0),
    agency_id    text        not null references agencies (id),
    event_id     text        not null,
    type         text        not null check (type in ('drafted', 'sent', 'reminded', 'escalated', 'approved', 'refused', 'rows_decided',
                                                      'verified', 'returned', 'resubmitted', 'nudged', 'withdrawn', 'expired', 'provisioned', 'credentials_reminded',
                                                      'credentials_lapsed', 'done', 'operator_needed', 'operator_retried')),
    at           datetime not null,
    recorded_at  datetime not null,
    actor_id     text,
    on_behalf_of text,
    reason       text        not null,
    status       text        not null,
    body         text        not null,
    primary key (case_id, seq)
);

create unique index events_by_event_id on events (agency_id, case_id, event_id);
create index events_by_actor on events (actor_id, case_id);

create table work_items (
    id             text primary key,
    agency_id      text        not null references agencies (id),
    case_id        text        not null references cases (id),
    kind           text        not null,
    stage          text        not null check (stage in ('head', 'officer')),
    round          integer     not null,
    step           integer     not null,
    tier           integer     not null default 0,
    queue          text        not null check (queue in ('approval', 'verification')),
    candidate_role text        not null,
    candidate_unit text        not null,
    assignee       text references accounts (id),
    claimed_at     datetime,
    opened         datetime not null,
    due            datetime not null,
    closed         datetime,
    priority       integer     not null default 0,
    state          text        not null check (state in ('open', 'closed')),
    content_hash   text        not null default '',
    outcome        text        not null default ''
);

create unique index work_items_open on work_items (agency_id, case_id, stage) where state = 'open';
create index work_items_by_candidate on work_items (agency_id, candidate_role, candidate_unit, due, id) where state = 'open';
create index work_items_by_case on work_items (case_id, opened);

create table work_item_people (
    item_id    text not null references work_items (id),
    agency_id  text not null references agencies (id),
    account_id text not null references accounts (id),
    kind       text not null check (kind in ('explicit', 'excluded')),
    primary key (item_id, account_id, kind)
);

create table notices (
    id           text primary key,
    agency_id    text        not null references agencies (id),
    message_id   text        not null,
    kind         text        not null,
    account_id   text references accounts (id),
    to_address   text        not null,
    to_name      text        not null,
    lang         text        not null,
    case_id      text references cases (id),
    row_no       integer     not null default 0,
    data         text        not null,
    secret_for   text references accounts (id),
    expires      datetime,
    attempts     integer     not null default 0,
    state        text        not null check (state in ('queued', 'sent', 'failed')),
    next_try     datetime not null,
    leased_until datetime,
    last_error   text        not null default '',
    created      datetime not null,
    finished     datetime
);

create unique index notices_by_message on notices (agency_id, message_id);
create index notices_queued on notices (next_try, id) where state = 'queued';
create index notices_failed on notices (agency_id, created, id) where state = 'failed';
create index notices_by_case on notices (case_id);

-- Contents of files, each once. A doomed one is being deleted: nobody may begin to refer to it.
create table blobs (
    agency_id text        not null references agencies (id),
    sha256    text        not null,
    used      datetime    not null,
    doomed    datetime,
    primary key (agency_id, sha256)
);

create table files (
    id        text primary key,
    agency_id text        not null references agencies (id),
    sha256    text        not null,
    size      integer     not null check (size >= 0),
    type      text        not null,
    name      text        not null,
    owner_id  text        not null references accounts (id),
    case_id   text references cases (id),
    state     text        not null check (state in ('staged', 'linked')),
    created   datetime    not null,
    foreign key (agency_id, sha256) references blobs (agency_id, sha256)
);

create index files_by_sum on files (agency_id, sha256);
create index files_staged on files (created) where state = 'staged';
create index files_by_case on files (case_id);

create table attachments (
    case_id   text    not null references cases (id),
    position  integer not null check (position > 0),
    agency_id text    not null references agencies (id),
    kind      text    not null check (kind in ('sptjm', 'activation_form', 'other')),
    file_id   text    not null references files (id),
    primary key (case_id, position)
);

create index attachments_by_file on attachments (file_id);

-- A letter as it was issued: one edition for each event that it tells of last, and the same bytes ever after. Its id is
-- 128 random bits in hexadecimal, and opens its verification to whoever holds the paper.
create table letters (
    id         text primary key check (length(id) = 32),
    agency_id  text        not null references agencies (id),
    case_id    text        not null references cases (id),
    kind       text        not null check (kind in ('memo', 'approval', 'results')),
    round      integer     not null check (round > 0),
    seq        integer     not null check (seq > 0),
    subject    text        not null,
    signer     text        not null,
    signer_for text        not null,
    signed     datetime not null,
    issued     datetime not null,
    sha256     text        not null check (length(sha256) = 64),
    body       blob        not null check (length(body) between 1 and 1048576),
    created    datetime not null
);

create unique index letters_of_case on letters (case_id, kind, round, seq, agency_id);

create table counters (
    agency_id text    not null references agencies (id),
    series    text    not null,
    year      integer not null,
    value     integer  not null,
    primary key (agency_id, series, year)
);

create table idempotency_keys (
    agency_id  text        not null references agencies (id),
    account_id text        not null references accounts (id),
    route      text        not null,
    name       text        not null,
    digest     text        not null,
    case_id    text        not null,
    created    datetime not null,
    primary key (agency_id, account_id, route, name)
);

create index idempotency_keys_by_age on idempotency_keys (created);

create table audit_heads (
    agency_id text   not null references agencies (id),
    stream    text   not null,
    seq       integer not null,
    mac       text   not null,
    primary key (agency_id, stream)
);

create table audit_entries (
    id           integer primary key autoincrement,
    agency_id    text        not null references agencies (id),
    stream       text        not null,
    stream_seq   integer      not null,
    at           datetime not null,
    actor        text        not null,
    actor_name   text        not null,
    on_behalf_of text        not null,
    action       text        not null,
    object       text        not null,
    origin       text        not null,
    was          text        not null,
    became       text        not null,
    outcome      text        not null,
    key_id       text        not null,
    prev_mac     text        not null,
    mac          text        not null,
    seq          bigint,
    seal_key     text        not null default '',
    seal_prev    text        not null default '',
    seal_mac     text        not null default ''
);

create unique index audit_entries_by_stream on audit_entries (agency_id, stream, stream_seq);
create unique index audit_entries_by_seq on audit_entries (seq, agency_id);
create index audit_entries_unsealed on audit_entries (id) where seq is null;
create index audit_entries_by_actor on audit_entries (agency_id, actor, id);
create index audit_entries_by_action on audit_entries (agency_id, action, id);

create table audit_checkpoints (
    seq       integer primary key,
    agency_id text        not null references agencies (id),
    at        datetime not null,
    seal_mac  text        not null,
    key_id    text        not null,
    mac       text        not null
);

-- +goose Down

drop table audit_checkpoints;
drop table audit_entries;
drop table audit_heads;
drop table idempotency_keys;
drop table counters;
drop table letters;
drop table attachments;
drop table files;
drop table blobs;
drop table notices;
drop table work_item_people;
drop table work_items;
drop table events;
drop table one_use_links;
drop table personal_tokens;
drop table known_devices;
drop table sessions;
drop table role_grants;
drop table memo_rows;
drop table memo_revisions;
drop table account_applications;
drop table accounts;
drop table memos;
drop table cases;
drop table employees;
drop table units;
drop table calendars;
drop table settings;
drop table agencies;
