-- +goose Up

-- Which statuses, events, stages and purposes there are is said once, in models; a list of them in the schema would have
-- to be rebuilt with every flow.
-- SQLite cannot drop a constraint; its manual (lang_altertable, section 7) has the text of the schema edited instead.
pragma writable_schema = on;
update sqlite_schema set sql = replace(sql, ' check (kind in (''memo''))', '') where type = 'table' and name = 'cases';
update sqlite_schema set sql = replace(sql, ' check (status in (''draft'', ''approval'', ''returned'', ''verification'', ''provisioning'', ''activation'',
                                                              ''done'', ''refused'', ''withdrawn'', ''expired'', ''discarded''))', '') where type = 'table' and name = 'cases';
update sqlite_schema set sql = replace(sql, ' check (stage in ('''', ''head'', ''officer''))', '') where type = 'table' and name = 'cases';
update sqlite_schema set sql = replace(sql, ' check (status in (''pending'', ''active'', ''disabled''))', '') where type = 'table' and name = 'accounts';
update sqlite_schema set sql = replace(sql, ' check (state in (''pending'', ''accepted'', ''rejected'', ''provisioned'', ''activated'', ''lapsed''))', '') where type = 'table' and name = 'memo_rows';
update sqlite_schema set sql = replace(sql, ' check (role in (''unit_head'', ''acting_head'', ''substitute'', ''ppk'', ''hr_head'', ''personnel_head'',
                                                      ''drafter'', ''officer'', ''officer_lead'', ''support_tier1'', ''support_tier2'',
                                                      ''support_tier3'', ''support_lead'', ''auditor'', ''admin''))', '') where type = 'table' and name = 'role_grants';
update sqlite_schema set sql = replace(sql, ' check (source in (''import'', ''admin''))', '') where type = 'table' and name = 'role_grants';
update sqlite_schema set sql = replace(sql, ' check (purpose in (''set_password''))', '') where type = 'table' and name = 'one_use_links';
update sqlite_schema set sql = replace(sql, ' check (type in (''drafted'', ''sent'', ''reminded'', ''escalated'', ''approved'', ''refused'', ''rows_decided'',
                                                      ''verified'', ''returned'', ''resubmitted'', ''nudged'', ''withdrawn'', ''expired'', ''provisioned'', ''credentials_reminded'',
                                                      ''credentials_lapsed'', ''done'', ''operator_needed'', ''operator_retried''))', '') where type = 'table' and name = 'events';
update sqlite_schema set sql = replace(sql, ' check (stage in (''head'', ''officer''))', '') where type = 'table' and name = 'work_items';
update sqlite_schema set sql = replace(sql, ' check (queue in (''approval'', ''verification''))', '') where type = 'table' and name = 'work_items';
update sqlite_schema set sql = replace(sql, ' check (kind in (''memo'', ''approval'', ''results''))', '') where type = 'table' and name = 'letters';
update sqlite_schema set sql = replace(sql, ' check (kind in (''sptjm'', ''activation_form'', ''other''))', '') where type = 'table' and name = 'attachments';
pragma writable_schema = reset;

alter table cases add column asked datetime; -- when the open question to the sender was put

alter table memo_rows add column issue integer not null default 1; -- which copy of the credentials is out
alter table memo_rows add column reminded datetime;

create index memo_rows_open_links on memo_rows (expires) where state = 'provisioned';

-- +goose Down

drop index memo_rows_open_links;
alter table memo_rows drop column reminded;
alter table memo_rows drop column issue;
alter table cases drop column asked;
