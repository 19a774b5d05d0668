-- +goose Up

-- What came back and whoever may send for the unit may send again.
create index cases_returned on cases (agency_id, updated, id) where status = 'returned';

-- 1 while the sender is asked something: no clock runs, so that it stands after what is due.
alter table work_items add column stands smallint not null default 0;

update work_items set stands = 1 where state = 'open' and case_id in (select id from cases where asked is not null);

drop index work_items_by_candidate;
drop index work_items_by_assignee;
create index work_items_by_candidate on work_items (agency_id, candidate_role, candidate_unit, stands, due, id) where state = 'open';
create index work_items_by_assignee on work_items (agency_id, assignee, stands, due, id) where state = 'open' and assignee is not null;

-- Search finds words within names and subjects by their trigrams. pg_trgm comes with PostgreSQL and is trusted, so that the
-- owner of a database may make it; where it is not there, or not allowed, search reads on without an index.
-- +goose StatementBegin
do $$
begin
    create extension if not exists pg_trgm;
    create index memos_by_words on memos using gin (lower(subject) gin_trgm_ops);
    create index memo_rows_by_words on memo_rows using gin (lower(name) gin_trgm_ops);
    create index employees_by_words on employees using gin (lower(name) gin_trgm_ops);
exception when feature_not_supported or undefined_file or insufficient_privilege or undefined_object then
    raise notice 'search goes without an index of words: %', sqlerrm;
end $$;
-- +goose StatementEnd

-- +goose Down

drop index if exists employees_by_words;
drop index if exists memo_rows_by_words;
drop index if exists memos_by_words;

drop index work_items_by_assignee;
drop index work_items_by_candidate;
create index work_items_by_candidate on work_items (agency_id, candidate_role, candidate_unit, due, id) where state = 'open';
create index work_items_by_assignee on work_items (agency_id, assignee, due, id) where state = 'open' and assignee is not null;
alter table work_items drop column stands;
drop index cases_returned;
