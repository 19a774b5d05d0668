-- +goose Up

-- By which version of which calendar (id@version) what is due was reckoned; empty where no business time runs.
alter table cases add column calendar text not null default '';

-- Open cases of before went by the first version of the calendar of their unit, or of the nearest unit above that has one.
update cases set calendar = coalesce(
    (select u.calendar_id from units u join calendars k on k.agency_id = u.agency_id and k.id = u.calendar_id and k.version = 1
     where u.agency_id = cases.agency_id and substr(cases.unit_path, 1, length(u.path)) = u.path order by length(u.path) desc limit 1),
    (select min(k.id) from calendars k where k.agency_id = cases.agency_id)) || '@1'
where closed is null and (status in ('approval', 'verification', 'owner_approval') or status = 'returned' and kind = 'registration')
    and exists (select 1 from calendars k where k.agency_id = cases.agency_id);

create index cases_by_calendar on cases (agency_id, calendar, unit_code) where closed is null and calendar <> '';

-- +goose Down

drop index cases_by_calendar;
alter table cases drop column calendar;
