package directory

import (
	"context"

	"loket/models"
)

// Accounts is where the truth about accounts is kept; the store implements it.
type Accounts interface {
	DirectoryAccounts(ctx context.Context, agency, after string, limit int) ([]models.DirectoryTask, error)
}

// Difference is an account with which the directory does not agree, and how. State is how the account stands with it.
type Difference struct {
	AccountID, Username, State string
	How                        []string
}

// Comparison is a directory beside the accounts. Strangers are entries that stand for an account which is not there.
type Comparison struct {
	Checked     int
	Differences []Difference
	Strangers   []Known
}

const comparedAtOnce = 200

// Compare looks at every account of an agency in the directory, and for entries that have none. It changes nothing.
func Compare(ctx context.Context, d Directory, accounts Accounts, agency string) (Comparison, error) {
	var c Comparison
	there := map[string]bool{}
	for after := ""; ; {
		tasks, err := accounts.DirectoryAccounts(ctx, agency, after, comparedAtOnce)
		if err != nil {
			return c, err
		}
		for _, task := range tasks {
			how, err := d.Differences(ctx, task.Entry)
			if err != nil {
				return c, err
			}
			if len(how) > 0 {
				c.Differences = append(c.Differences, Difference{task.Entry.AccountID, task.Entry.Username, task.State, how})
			}
			after, there[task.Entry.AccountID] = task.Entry.AccountID, true
			c.Checked++
		}
		if len(tasks) < comparedAtOnce {
			break
		}
	}
	known, err := d.Known(ctx)
	for _, k := range known {
		if !there[k.AccountID] {
			c.Strangers = append(c.Strangers, k)
		}
	}
	return c, err
}

// Drifted are the accounts with which the directory should agree and does not: neither waiting nor left out.
func (c Comparison) Drifted() []string {
	var ids []string
	for _, d := range c.Differences {
		if d.State == models.DirectoryCarried || d.State == models.DirectoryFailed {
			ids = append(ids, d.AccountID)
		}
	}
	return ids
}
