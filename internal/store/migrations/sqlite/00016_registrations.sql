-- +goose Up

-- A trader's registration, or a company's wish for another NPWP or name. email is proven once the status is past proof; form
-- is what is being written, as JSON, with npwp and company beside it for whoever looks for them; had is what the company's
-- data were when another was asked for, likewise. told is when a message last went to the address because of this request,
-- in wall time. uploads counts the papers since uploading, in wall time too, with those that are gone again.
create table registrations (
    case_id    text primary key references cases (id),
    agency_id  text    not null references agencies (id),
    sort       text    not null check (sort in ('account', 'company')),
    name       text    not null,
    email      text    not null,
    lang       text    not null check (lang in ('id', 'en')),
    form       text    not null,
    had        text    not null default '{}',
    npwp       text    not null default '',
    company    text    not null default '',
    company_id text references companies (id),
    account_id text references accounts (id),
    turned     text    not null default '',
    looked     datetime,
    told       datetime,
    heard      datetime,
    uploads    integer not null default 0,
    uploading  datetime,
    created    datetime not null,
    closed     datetime
);

create index registrations_by_email on registrations (agency_id, lower(email)) where email <> '';
create index registrations_by_npwp on registrations (agency_id, npwp) where npwp <> '';
create index registrations_by_account on registrations (account_id) where account_id is not null;
create index registrations_unheard on registrations (created) where heard is null and closed is null;
-- A company asks for one change at a time.
create unique index registrations_of_company on registrations (agency_id, company_id) where sort = 'company' and closed is null;

-- What was sent to the officers in each round, with the papers as they were.
create table registration_revisions (
    case_id   text    not null references cases (id),
    round     integer not null check (round > 0),
    agency_id text    not null references agencies (id),
    body      text    not null,
    primary key (case_id, round)
);

-- The papers of a registration, whose applicant has no account that could own a file.
create table registration_papers (
    id        text primary key,
    agency_id text        not null references agencies (id),
    case_id   text        not null references registrations (case_id),
    position  integer     not null check (position > 0),
    kind      text        not null,
    name      text        not null,
    size      bigint      not null check (size >= 0),
    sha256    text        not null,
    created   datetime not null,
    foreign key (agency_id, sha256) references blobs (agency_id, sha256)
);

create unique index registration_papers_by_case on registration_papers (agency_id, case_id, position);
create index registration_papers_by_sum on registration_papers (agency_id, sha256);

-- The links by which an applicant comes to their registration: one for each message.
create table registration_links (
    notice_id text primary key references notices (id),
    agency_id text        not null references agencies (id),
    case_id   text        not null references registrations (case_id),
    digest    text        not null,
    created   datetime not null
);

create unique index registration_links_by_digest on registration_links (digest, agency_id);
create index registration_links_by_case on registration_links (case_id);

-- The company whose people see a case.
alter table cases add column company_id text references companies (id);
create index cases_by_company on cases (agency_id, company_id, opened, id) where company_id is not null;

create index accounts_by_address on accounts (agency_id, lower(email)) where email <> '';

-- A username is held for a registration too.
create table username_holds_new (
    agency_id text not null references agencies (id),
    username  text not null,
    case_id   text not null references cases (id),
    primary key (agency_id, username)
);
insert into username_holds_new select agency_id, username, case_id from username_holds;
drop table username_holds;
alter table username_holds_new rename to username_holds;
create index username_holds_by_case on username_holds (case_id);

-- +goose Down

create table username_holds_old (
    agency_id text not null references agencies (id),
    username  text not null,
    case_id   text not null references activations (case_id),
    primary key (agency_id, username)
);
insert into username_holds_old select agency_id, username, case_id from username_holds
    where case_id in (select case_id from activations);
drop table username_holds;
alter table username_holds_old rename to username_holds;
create index username_holds_by_case on username_holds (case_id);
drop index accounts_by_address;
drop index cases_by_company;
alter table cases drop column company_id;
drop table registration_links;
drop table registration_papers;
drop table registration_revisions;
drop table registrations;
