package desk

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"loket/models"
)

// actorNamed gives the account that a search of the trail means: by its id, its username, or a name that only one has.
// What names nobody stays, and finds nothing; what acts without an account goes by its own word.
func (d *Desk) actorNamed(ctx context.Context, agency, text string) (string, error) {
	text = strings.TrimSpace(text)
	if _, err := uuid.Parse(text); err == nil || text == "" || text == "system" || text == "clock" {
		return text, nil
	}
	found, err := d.store.FindAccounts(ctx, agency, models.WithoutDomain(text, d.domain))
	if err != nil {
		return "", err
	}
	return oneActor(text, models.WithoutDomain(text, d.domain), found)
}

func oneActor(text, username string, found []models.AccountFound) (string, error) {
	if i := slices.IndexFunc(found, func(f models.AccountFound) bool { return f.Username == username }); i >= 0 {
		return found[i].ID, nil
	}
	if same := slices.DeleteFunc(slices.Clone(found), func(f models.AccountFound) bool { return !strings.EqualFold(f.Name, text) }); len(same) > 0 {
		found = same
	}
	switch len(found) {
	case 0:
		return text, nil
	case 1:
		return found[0].ID, nil
	}
	return "", models.Invalid(models.Fault("actor", "actor_many"))
}
