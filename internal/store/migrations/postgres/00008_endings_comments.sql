-- +goose Up

-- The last day on which access holds, YYYY-MM-DD and empty while open-ended; when it was taken away; and how many days
-- before the last one its owner was last told.
alter table account_applications add column ends text not null default '';
alter table account_applications add column ended_at timestamptz;
alter table account_applications add column noticed integer not null default 0;

update account_applications set ends = coalesce((select max(r.contract_end) from memo_rows r
	where r.case_id = account_applications.case_id and r.account_id = account_applications.account_id), '')
	where case_id is not null;

create index account_applications_ending on account_applications (ends) where ends <> '' and ended_at is null;

create table comments (
    id        text primary key,
    agency_id text        not null references agencies (id),
    case_id   text        not null references cases (id),
    author_id text        not null references accounts (id),
    body      text        not null check (body <> ''),
    at        timestamptz not null
);

create index comments_by_case on comments (case_id, at, id);

-- +goose Down

drop table comments;
drop index account_applications_ending;
alter table account_applications drop column noticed;
alter table account_applications drop column ended_at;
alter table account_applications drop column ends;
