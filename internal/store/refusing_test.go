package store

import (
	"fmt"

	"github.com/stretchr/testify/require"
)

// refusing has a table take no new row in which a column has a value, as if that one row could not be written; "" lets all in
// again.
func (b *bundle) refusing(table, column, value string) {
	b.t.Helper()
	do := func(statement string) { require.NoError(b.t, b.write.Exec(statement).Error) }
	if b.sqlite {
		do("drop trigger if exists refusing_" + table)
	} else {
		do("drop trigger if exists refusing_" + table + " on " + table)
	}
	switch {
	case value == "":
	case b.sqlite:
		do(fmt.Sprintf("create trigger refusing_%s before insert on %s when new.%s = '%s' begin select raise(abort, 'refused'); end", table, table, column, value))
	default:
		do("create or replace function refuse() returns trigger language plpgsql as $$ begin raise exception 'refused'; end $$")
		do(fmt.Sprintf("create trigger refusing_%s before insert on %s for each row when (new.%s = '%s') execute function refuse()", table, table, column, value))
	}
}
