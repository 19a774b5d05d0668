-- +goose Up

-- The last day on which access holds, YYYY-MM-DD and empty while open-ended; when it was taken away; and how many days
-- before the last one its owner was last told.
alter table account_applications add column ends text not null default '';
alter table account_applications add column ended_at datetime;
alter table account_applications add column noticed integer not null default 0;

-- Of several memos that gave the same access the one that lasts longest counts; an empty end outlasts all.
update account_applications set ends = coalesce((
	select case when min(r.contract_end) = '' then '' else max(r.contract_end) end
	from memo_rows r join memos m on m.case_id = r.case_id
	where r.account_id = account_applications.account_id and r.state in ('provisioned', 'activated', 'lapsed')
		and account_applications.application = case m.memo_kind when 'sso_activation' then 'sso' else m.memo_kind end), '')
	where case_id is not null;

create index account_applications_ending on account_applications (ends) where ends <> '' and ended_at is null;

create table comments (
    id        text primary key,
    agency_id text        not null references agencies (id),
    case_id   text        not null references cases (id),
    author_id text        not null references accounts (id),
    body      text        not null check (body <> ''),
    at        datetime not null
);

create index comments_by_case on comments (case_id, at, id);

-- +goose Down

drop table comments;
drop index account_applications_ending;
alter table account_applications drop column noticed;
alter table account_applications drop column ended_at;
alter table account_applications drop column ends;
