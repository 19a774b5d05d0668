-- +goose Up

-- A trader's own telephone, and by how many days before the end of the account its owner was told; null for not yet.
alter table accounts add column phone text not null default '';
alter table accounts add column end_noticed integer;

-- Who last changed a company's data, and when.
alter table companies add column changed_by text references accounts (id);
alter table companies add column changed timestamptz;

-- Changes of traders' addresses. The new address proves itself by the link whose digest is proof; from then on the old one
-- can undo it by the link whose digest is undo. A digest is kept as its message leaves. One that is taken belongs to another
-- account: it was answered like any other, and nothing comes of it. Instants are wall time.
create table email_changes (
    id         text primary key,
    agency_id  text not null references agencies (id),
    account_id text not null references accounts (id),
    old_email  text not null,
    new_email  text not null,
    taken      boolean not null default false,
    created    timestamptz not null,
    expires    timestamptz not null,
    proof      text,
    proven     timestamptz,
    undo       text,
    undo_until timestamptz,
    undone     timestamptz,
    voided     timestamptz
);

create unique index email_changes_by_proof on email_changes (proof, agency_id) where proof is not null;
create unique index email_changes_by_undo on email_changes (undo, agency_id) where undo is not null;
-- At most one change of an account waits for its proof.
create unique index email_changes_open on email_changes (agency_id, account_id) where proven is null and voided is null;
create index email_changes_by_account on email_changes (account_id, created);
create index email_changes_held on email_changes (agency_id, old_email) where proven is not null and undone is null and voided is null;

-- +goose Down

drop table email_changes;
alter table companies drop column changed;
alter table companies drop column changed_by;
alter table accounts drop column end_noticed;
alter table accounts drop column phone;
