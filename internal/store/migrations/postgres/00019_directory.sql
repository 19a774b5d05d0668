-- +goose Up

-- What of each account is still to be told to the directory. wanted counts the account's changes and carried those that
-- the directory has: many changes collapse into one row and are carried as the newest state. Whoever carries a row holds
-- its lease. changed is when the oldest of the changes that are not carried happened. Instants are wall time.
create table directory_changes (
    account_id   text primary key references accounts (id) on delete cascade,
    agency_id    text        not null references agencies (id),
    wanted       bigint      not null default 1,
    carried      bigint      not null default 0,
    state        text        not null default 'queued' check (state in ('queued', 'carried', 'failed', 'left_out')),
    changed      timestamptz not null,
    next_try     timestamptz not null default '1970-01-01 00:00:00+00',
    attempts     integer     not null default 0,
    lease        text        not null default '',
    leased_until timestamptz,
    last_error   text        not null default ''
);

create index directory_changes_due on directory_changes (next_try, account_id) where state = 'queued';
create index directory_changes_failed on directory_changes (agency_id, changed, account_id) where state in ('failed', 'left_out');

insert into directory_changes (account_id, agency_id, changed) select id, agency_id, clock_timestamp() from accounts;

-- Triggers put accounts up, in the transaction that changes them, so that no change is forgotten whoever makes it.
-- +goose StatementBegin
create function put_up_for_directory(ids text[]) returns void language sql as $$
    insert into directory_changes as d (account_id, agency_id, changed)
    select a.id, a.agency_id, clock_timestamp() from accounts a where a.id = any (ids) order by a.id
    on conflict (account_id) do update set wanted = d.wanted + 1, state = 'queued', next_try = excluded.next_try, attempts = 0,
        changed = case when d.state = 'carried' then excluded.changed else d.changed end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create function accounts_made() returns trigger language plpgsql as $$
begin
    perform put_up_for_directory(array(select id from made));
    return null;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
create function account_changed() returns trigger language plpgsql as $$
begin
    perform put_up_for_directory(array[new.id]);
    return null;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
create function access_made() returns trigger language plpgsql as $$
begin
    perform put_up_for_directory(array(select account_id from made));
    return null;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
create function access_changed() returns trigger language plpgsql as $$
begin
    perform put_up_for_directory(array[old.account_id]);
    return null;
end $$;
-- +goose StatementEnd

create trigger directory_accounts_made after insert on accounts
    referencing new table as made for each statement execute function accounts_made();
-- An account that ends says so as its owner is told of it: end_noticed comes to be 0.
create trigger directory_account_changed
    after update of name, email, status, password_hash, must_change, company_id, ends_at, end_noticed on accounts for each row
    when ((old.name, old.email, old.status, old.password_hash, old.must_change, old.company_id, old.ends_at, old.end_noticed is not distinct from 0)
        is distinct from (new.name, new.email, new.status, new.password_hash, new.must_change, new.company_id, new.ends_at, new.end_noticed is not distinct from 0))
    execute function account_changed();
create trigger directory_access_made after insert on account_applications
    referencing new table as made for each statement execute function access_made();
create trigger directory_access_ended after update of ended_at on account_applications for each row
    when ((old.ended_at is null) <> (new.ended_at is null)) execute function access_changed();
create trigger directory_access_gone after delete on account_applications for each row execute function access_changed();

-- +goose Down

drop trigger directory_access_gone on account_applications;
drop trigger directory_access_ended on account_applications;
drop trigger directory_access_made on account_applications;
drop trigger directory_account_changed on accounts;
drop trigger directory_accounts_made on accounts;
drop function access_changed();
drop function access_made();
drop function account_changed();
drop function accounts_made();
drop function put_up_for_directory(text[]);
drop table directory_changes;
