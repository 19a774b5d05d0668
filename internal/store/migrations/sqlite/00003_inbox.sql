-- +goose Up

-- A claim tells colleagues who works on an item; it is over when this instant has passed.
alter table work_items add column claimed_until datetime;

create index work_items_by_assignee on work_items (agency_id, assignee, due, id) where state = 'open' and assignee is not null;
create index cases_returned_to_sender on cases (agency_id, sender_id, updated, id) where status = 'returned';
create index cases_returned_to_writer on cases (agency_id, requester_id, updated, id) where status = 'returned';
create index events_by_actor_at on events (actor_id, at, case_id);

-- What a person wants to find again: the query of the inbox, as its address spells it.
create table saved_views (
    id         text primary key,
    agency_id  text     not null references agencies (id),
    account_id text     not null references accounts (id),
    name       text     not null,
    query      text     not null,
    opens      boolean  not null default false, -- the one that the inbox begins with
    created    datetime not null
);

create unique index saved_views_by_name on saved_views (account_id, name, agency_id);
create unique index saved_views_opening on saved_views (account_id, agency_id) where opens;

-- A reason that is given often: a person's own, or the agency's where there is no person.
create table phrases (
    id         text primary key,
    agency_id  text     not null references agencies (id),
    account_id text references accounts (id),
    content    text     not null,
    created    datetime not null
);

create index phrases_by_owner on phrases (agency_id, account_id, created, id);

-- What the portal tells a person beside the mail.
create table notifications (
    id         text primary key,
    agency_id  text     not null references agencies (id),
    account_id text     not null references accounts (id),
    kind       text     not null,
    case_id    text     not null references cases (id),
    at         datetime not null,
    seen       datetime
);

create index notifications_by_account on notifications (account_id, at, id);
create index notifications_unseen on notifications (account_id, at) where seen is null;
create index notifications_by_case on notifications (case_id, at);
create index notifications_by_age on notifications (at);

-- +goose Down

drop table notifications;
drop table phrases;
drop table saved_views;
drop index events_by_actor_at;
drop index cases_returned_to_writer;
drop index cases_returned_to_sender;
drop index work_items_by_assignee;
alter table work_items drop column claimed_until;
