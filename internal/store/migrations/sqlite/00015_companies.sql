-- +goose Up

-- Companies whose people are outside the registry. npwp has 15 or 16 digits; what is not known is empty.
create table companies (
    id              text primary key,
    agency_id       text        not null references agencies (id),
    npwp            text        not null,
    name            text        not null,
    address         text        not null default '',
    postcode        text        not null default '',
    phone           text        not null default '',
    edi_number      text        not null default '',
    customs_number  text        not null default '',
    version         integer     not null default 1,
    created_by_case text references cases (id),
    created         datetime not null
);

create unique index companies_by_npwp on companies (agency_id, npwp);

-- A trader's account has a company and ends on a day; whoever is responsible says what the company's people may do.
alter table accounts add column company_id text references companies (id);
alter table accounts add column responsible boolean not null default false;
alter table accounts add column ends_at datetime;

create index accounts_by_company on accounts (company_id) where company_id is not null;
create index accounts_by_email on accounts (agency_id, lower(email)) where company_id is not null;
create index accounts_ending on accounts (ends_at) where ends_at is not null;

-- +goose Down

drop index accounts_ending;
drop index accounts_by_email;
drop index accounts_by_company;
alter table accounts drop column ends_at;
alter table accounts drop column responsible;
alter table accounts drop column company_id;
drop table companies;
