-- +goose Up

-- Companies' people have accounts now. What everyone opened before they had is what employees open.
update applications set access = 'employees' where access = 'everyone';

-- +goose Down

update applications set access = 'everyone' where access = 'employees';
