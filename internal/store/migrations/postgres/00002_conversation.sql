-- +goose Up

-- Which statuses, events, stages and purposes there are is said once, in models; a list of them in the schema would have
-- to be rebuilt with every flow.
alter table cases drop constraint cases_kind_check;
alter table cases drop constraint cases_status_check;
alter table cases drop constraint cases_stage_check;
alter table accounts drop constraint accounts_status_check;
alter table memo_rows drop constraint memo_rows_state_check;
alter table role_grants drop constraint role_grants_role_check;
alter table role_grants drop constraint role_grants_source_check;
alter table one_use_links drop constraint one_use_links_purpose_check;
alter table events drop constraint events_type_check;
alter table work_items drop constraint work_items_stage_check;
alter table work_items drop constraint work_items_queue_check;
alter table letters drop constraint letters_kind_check;
alter table attachments drop constraint attachments_kind_check;

alter table cases add column asked timestamptz; -- when the open question to the sender was put

alter table memo_rows add column issue integer not null default 1; -- which copy of the credentials is out
alter table memo_rows add column reminded timestamptz;

create index memo_rows_open_links on memo_rows (expires) where state = 'provisioned';

-- +goose Down

drop index memo_rows_open_links;
alter table memo_rows drop column reminded;
alter table memo_rows drop column issue;
alter table cases drop column asked;
