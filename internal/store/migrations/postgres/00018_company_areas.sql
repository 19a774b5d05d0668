-- +goose Up

-- What a company's people may do: an area of the menu, and how much of it. A row counts while its account is the company's,
-- so that whoever comes to another company brings nothing along.
create table company_areas (
    account_id text        not null references accounts (id),
    area       text        not null check (area in ('permits', 'imports', 'exports', 'rush', 'manifest', 'treasury')),
    agency_id  text        not null references agencies (id),
    company_id text        not null references companies (id),
    level      text        not null check (level in ('view', 'record', 'send')),
    granted    timestamptz not null,
    primary key (account_id, area)
);

-- Grows with each change of what one of a company's people may do.
alter table accounts add column people_version integer not null default 1;

-- The area by which an application is opened whose access is 'company'.
alter table applications add column area text not null default '';

-- The owner of an imported account asks for a link for their first password. form is sealed, and empty once looked at;
-- address is a keyed digest of what the message went to.
create table old_account_requests (
    id         text primary key,
    agency_id  text        not null references agencies (id),
    form       text        not null,
    lang       text        not null,
    address    text        not null default '',
    account_id text references accounts (id),
    outcome    text        not null default '',
    created    timestamptz not null,
    looked_at  timestamptz,
    sent_at    timestamptz
);

create index old_account_requests_open on old_account_requests (created) where looked_at is null;
create index old_account_requests_by_account on old_account_requests (account_id, sent_at) where sent_at is not null;
create index old_account_requests_by_address on old_account_requests (address, sent_at) where sent_at is not null;

-- +goose Down

drop table old_account_requests;
alter table applications drop column area;
alter table accounts drop column people_version;
drop table company_areas;
