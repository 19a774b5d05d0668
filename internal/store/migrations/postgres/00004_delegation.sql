-- +goose Up

-- What is known of a delegation beside its grant: who gave it and who ended it before its time. Grants from the registry
-- have no such row.
create table delegations (
    grant_id  text primary key references role_grants (id),
    agency_id text     not null references agencies (id),
    given_by  text references accounts (id),
    created   timestamptz not null,
    ended     timestamptz,
    ended_by  text references accounts (id)
);

create index delegations_by_agency on delegations (agency_id, created);

-- Messages that wait for a delegation's beginning and end; they are taken back when it ends early.
create table delegation_notices (
    notice_id text primary key references notices (id) on delete cascade,
    agency_id text not null references agencies (id),
    grant_id  text not null references role_grants (id) on delete cascade
);

create index delegation_notices_by_grant on delegation_notices (grant_id);
-- When somebody ended the grant by hand, before its time: no import gives it back.
alter table role_grants add column ended timestamptz;

create index role_grants_by_principal on role_grants (on_behalf_of) where on_behalf_of is not null;

-- +goose Down

drop index role_grants_by_principal;
alter table role_grants drop column ended;
drop table delegation_notices;
drop table delegations;
