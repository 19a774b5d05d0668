-- +goose Up

-- What is open, by state and age, without a look at what is closed.
create index cases_open on cases (agency_id, unit_path, status, opened) where closed is null and status <> 'draft';
-- What ended in a week: the counts of a dashboard read nothing but this.
create index work_items_by_end on work_items (agency_id, closed) include (stage, outcome, step, due, case_id) where closed is not null;
-- An export of the trail names a period.
create index audit_entries_by_time on audit_entries (agency_id, at);

-- +goose Down

drop index audit_entries_by_time, work_items_by_end, cases_open;
