-- +goose Up

-- What an employee asks for: one application, why, and until when (YYYY-MM-DD, empty for as long as they need it). A request
-- is open until its case ends, and there is one such for an account and application.
create table access_requests (
    case_id     text primary key references cases (id),
    agency_id   text    not null references agencies (id),
    account_id  text    not null references accounts (id),
    application text    not null,
    reason      text    not null check (reason <> ''),
    ends        text    not null,
    open        boolean not null
);

create unique index access_requests_open on access_requests (agency_id, account_id, application) where open;
create index access_requests_by_application on access_requests (agency_id, application);

-- Who took access away that did not end by itself, and why.
alter table account_applications add column ended_by text;
alter table account_applications add column ended_why text not null default '';

create index account_applications_by_application on account_applications (agency_id, application) where ended_at is null;

-- Who answers for an application holds a role in it, as others do in a unit.
create view application_owners as
    select p.agency_id, p.id as application, a.id as account_id, coalesce(a.employee_id, '') as employee_id, a.name
    from applications p join accounts a on a.id = p.owner_id and a.status = 'active';

-- +goose Down

drop view application_owners;
drop index account_applications_by_application;
alter table account_applications drop column ended_why;
alter table account_applications drop column ended_by;
drop table access_requests;
