-- +goose Up

-- What came back and whoever may send for the unit may send again.
create index cases_returned on cases (agency_id, updated, id) where status = 'returned';

-- +goose Down

drop index cases_returned;
