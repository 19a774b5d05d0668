-- +goose Up

-- The digest of what the deciders of a round see, kept with it so that no page has to read the whole round for it, and
-- beside each decision the digest of what was before its decider.
alter table memo_revisions add column content text not null default '';
alter table events add column content text not null default '';
-- How the actor acted for somebody, or for a vacancy: plh, plt or substitute.
alter table events add column acting text not null default '';

-- +goose Down

alter table events drop column acting;
alter table events drop column content;
alter table memo_revisions drop column content;
