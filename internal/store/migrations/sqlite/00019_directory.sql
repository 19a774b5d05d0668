-- +goose Up

-- What of each account is still to be told to the directory. wanted counts the account's changes and carried those that
-- the directory has: many changes collapse into one row and are carried as the newest state. Whoever carries a row holds
-- its lease. changed is when the oldest of the changes that are not carried happened. Instants are wall time.
create table directory_changes (
    account_id   text primary key references accounts (id) on delete cascade,
    agency_id    text     not null references agencies (id),
    wanted       integer  not null default 1,
    carried      integer  not null default 0,
    state        text     not null default 'queued' check (state in ('queued', 'carried', 'failed', 'left_out')),
    changed      datetime not null,
    next_try     datetime not null default '1970-01-01 00:00:00+00:00',
    attempts     integer  not null default 0,
    lease        text     not null default '',
    leased_until datetime,
    last_error   text     not null default ''
);

create index directory_changes_due on directory_changes (next_try, account_id) where state = 'queued';
create index directory_changes_failed on directory_changes (agency_id, changed, account_id) where state in ('failed', 'left_out');

insert into directory_changes (account_id, agency_id, changed)
    select id, agency_id, strftime('%Y-%m-%d %H:%M:%f+00:00', 'now') from accounts;

-- Triggers put accounts up, in the transaction that changes them, so that no change is forgotten whoever makes it.
-- +goose StatementBegin
create trigger directory_accounts_made after insert on accounts
begin
    insert into directory_changes (account_id, agency_id, changed)
    select id, agency_id, strftime('%Y-%m-%d %H:%M:%f+00:00', 'now') from accounts where id = new.id
    on conflict (account_id) do update set wanted = wanted + 1, state = 'queued', next_try = excluded.next_try, attempts = 0,
        changed = case when state = 'carried' then excluded.changed else changed end;
end;
-- +goose StatementEnd

-- An account that ends says so as its owner is told of it: end_noticed comes to be 0.
-- +goose StatementBegin
create trigger directory_account_changed
    after update of name, email, status, password_hash, must_change, company_id, ends_at, end_noticed on accounts
    when (old.name, old.email, old.status, old.password_hash, old.must_change, coalesce(old.company_id, ''), coalesce(old.ends_at, ''), old.end_noticed is 0)
        is not (new.name, new.email, new.status, new.password_hash, new.must_change, coalesce(new.company_id, ''), coalesce(new.ends_at, ''), new.end_noticed is 0)
begin
    insert into directory_changes (account_id, agency_id, changed)
    select id, agency_id, strftime('%Y-%m-%d %H:%M:%f+00:00', 'now') from accounts where id = new.id
    on conflict (account_id) do update set wanted = wanted + 1, state = 'queued', next_try = excluded.next_try, attempts = 0,
        changed = case when state = 'carried' then excluded.changed else changed end;
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger directory_access_made after insert on account_applications
begin
    insert into directory_changes (account_id, agency_id, changed)
    select id, agency_id, strftime('%Y-%m-%d %H:%M:%f+00:00', 'now') from accounts where id = new.account_id
    on conflict (account_id) do update set wanted = wanted + 1, state = 'queued', next_try = excluded.next_try, attempts = 0,
        changed = case when state = 'carried' then excluded.changed else changed end;
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger directory_access_ended after update of ended_at on account_applications
    when (old.ended_at is null) <> (new.ended_at is null)
begin
    insert into directory_changes (account_id, agency_id, changed)
    select id, agency_id, strftime('%Y-%m-%d %H:%M:%f+00:00', 'now') from accounts where id = new.account_id
    on conflict (account_id) do update set wanted = wanted + 1, state = 'queued', next_try = excluded.next_try, attempts = 0,
        changed = case when state = 'carried' then excluded.changed else changed end;
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger directory_access_gone after delete on account_applications
begin
    insert into directory_changes (account_id, agency_id, changed)
    select id, agency_id, strftime('%Y-%m-%d %H:%M:%f+00:00', 'now') from accounts where id = old.account_id
    on conflict (account_id) do update set wanted = wanted + 1, state = 'queued', next_try = excluded.next_try, attempts = 0,
        changed = case when state = 'carried' then excluded.changed else changed end;
end;
-- +goose StatementEnd

-- +goose Down

drop trigger directory_access_gone;
drop trigger directory_access_ended;
drop trigger directory_access_made;
drop trigger directory_account_changed;
drop trigger directory_accounts_made;
drop table directory_changes;
