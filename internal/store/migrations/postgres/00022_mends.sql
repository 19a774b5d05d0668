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

-- +goose Down

drop index work_items_by_assignee;
drop index work_items_by_candidate;
create index work_items_by_candidate on work_items (agency_id, candidate_role, candidate_unit, due, id) where state = 'open';
create index work_items_by_assignee on work_items (agency_id, assignee, due, id) where state = 'open' and assignee is not null;
alter table work_items drop column stands;
drop index cases_returned;
