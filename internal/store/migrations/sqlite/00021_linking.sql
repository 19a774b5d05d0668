-- +goose Up

-- Where an application that has its own login proves it, and the secret that we show it there, sealed by a key of the
-- keyring; an empty address is none.
alter table applications add column linking_address text not null default '';
alter table applications add column linking_sealed_by text not null default '';
alter table applications add column linking_sealed text not null default '';
alter table applications add column linking_set datetime;

-- Who an account is in an application's own user table. directorates is what the application last told of that user, as
-- JSON; warned is when the owner last heard that somebody else wanted the same user.
create table application_links (
    agency_id        text        not null references agencies (id),
    application      text        not null,
    account_id       text        not null references accounts (id),
    application_user text        not null,
    user_name        text        not null,
    directorates     text        not null,
    looked           datetime not null,
    linked           datetime not null,
    warned           datetime,
    primary key (agency_id, application, account_id),
    foreign key (agency_id, application) references applications (agency_id, id)
);

create unique index application_links_by_user on application_links (agency_id, application, application_user);
create index application_links_by_account on application_links (account_id);

-- What an application last told of a company, which it knows by its NPWP.
create table company_directorates (
    agency_id    text        not null references agencies (id),
    application  text        not null,
    company_id   text        not null references companies (id),
    directorates text        not null,
    looked       datetime not null,
    primary key (agency_id, application, company_id)
);

-- Wrong proofs of one account for one application.
create table link_tries (
    agency_id    text    not null references agencies (id),
    application  text    not null,
    account_id   text    not null references accounts (id),
    failed_count integer not null default 0,
    failed_since datetime,
    lock_count   integer not null default 0,
    locked_until datetime,
    primary key (agency_id, application, account_id)
);

-- Which directorate somebody opens an application for, as long as their session lasts.
create table directorate_choices (
    session_id  text        not null,
    application text        not null,
    agency_id   text        not null references agencies (id),
    account_id  text        not null references accounts (id),
    code        text        not null,
    chosen      datetime not null,
    primary key (session_id, application)
);

create index directorate_choices_by_account on directorate_choices (account_id);

-- +goose Down

drop table directorate_choices;
drop table link_tries;
drop table company_directorates;
drop table application_links;
alter table applications drop column linking_set;
alter table applications drop column linking_sealed;
alter table applications drop column linking_sealed_by;
alter table applications drop column linking_address;
