package auth

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"loket/internal/store"
	"loket/models"
)

const actionSetPassword = "password_set"

// PasswordRules tells for each rule of the policy whether the password meets it, for the form to show while typing.
// An empty password meets none.
func (s *Service) PasswordRules(_ context.Context, username, password string) []models.RuleState {
	own := strings.ToLower(strings.TrimSpace(username))
	missed := map[string]bool{}
	for _, f := range s.cfg.Policy.Check(password, models.PasswordContext{Username: own, Blocklisted: s.cfg.Common.Blocklisted}) {
		missed[f.Code] = true
	}
	rules := s.cfg.Policy.Rules(password)
	for _, code := range []string{"password_common", "password_contains_username"} {
		rules = append(rules, models.RuleState{Code: code, Met: password != "" && !missed[code]})
	}
	return rules
}

// LinkInfo looks at a one-use link without spending it; ErrLinkSpent when it is unknown, used or over.
func (s *Service) LinkInfo(ctx context.Context, token string) (store.Link, error) {
	if len(token) > longestSecret {
		return store.Link{}, models.ErrLinkSpent
	}
	return s.cfg.Store.LinkInfo(ctx, token)
}

// SetPassword spends a one-use link and sets the password, typed twice; the account is open from then on. A password
// that is refused does not spend the link. The cases in the answer wait for no other link.
func (s *Service) SetPassword(ctx context.Context, token, password, again string, o models.Origin) (store.Spent, error) {
	link, err := s.LinkInfo(ctx, token)
	if errors.Is(err, models.ErrLinkSpent) {
		return store.Spent{}, s.refuse(ctx, models.AuditEntry{Stream: "system", Actor: "system", Action: actionSetPassword, Object: "link", Origin: o}, models.ErrLinkSpent)
	}
	if err != nil {
		return store.Spent{}, err
	}
	owner := models.PasswordContext{Username: link.Username, Name: link.Name, Blocklisted: s.cfg.Common.Blocklisted}
	if faults := s.faults(password, again, owner); len(faults) > 0 {
		entry := entryOf(store.Account{ID: link.AccountID, Name: link.Name}, actionSetPassword, o)
		return store.Spent{}, s.refuse(ctx, entry, models.Invalid(faults...))
	}
	hash, err := s.cfg.Passwords.Hash(ctx, password)
	if err != nil {
		return store.Spent{}, err
	}
	return s.cfg.Store.SpendLink(ctx, token, hash, o)
}

func (s *Service) faults(password, again string, owner models.PasswordContext) []models.FieldFault {
	faults := s.cfg.Policy.Check(password, owner)
	if len(faults) == 0 && password != again {
		return []models.FieldFault{models.Fault("again", "password_again")}
	}
	return faults
}

// ChangePassword asks for the old password, sets the new one, ends every other session, and answers the session's new
// token; asked with a personal token, it ends every session and answers none. Fields of faults: old, password, again.
func (s *Service) ChangePassword(ctx context.Context, id Identity, old, password, again string) (Signed, error) {
	acc, err := s.cfg.Store.AccountByID(ctx, id.Actor.AccountID)
	if err != nil {
		return Signed{}, err
	}
	if err := s.prove(ctx, acc, id, proof{actionSetPassword, "old", old}); err != nil {
		return Signed{}, err
	}
	if faults := s.changeFaults(acc, id, old, password, again); len(faults) > 0 {
		return Signed{}, s.refuse(ctx, entryOf(acc, actionSetPassword, id.Actor.Origin), models.Invalid(faults...))
	}
	hash, err := s.cfg.Passwords.Hash(ctx, password)
	if err != nil {
		return Signed{}, err
	}
	if err := s.cfg.Store.SetPassword(ctx, id.Actor, acc.ID, hash, false, id.SessionID); err != nil {
		return Signed{}, err
	}
	if id.Account, err = s.view(ctx, acc.ID, s.caseNow()); err != nil {
		return Signed{}, err
	}
	if id.SessionID == "" {
		return Signed{Identity: id}, nil
	}
	token, err := s.cfg.Store.RotateSession(ctx, id.SessionID)
	return Signed{Token: token, Identity: id}, err
}

func (s *Service) changeFaults(acc store.Account, id Identity, old, password, again string) []models.FieldFault {
	owner := models.PasswordContext{Username: acc.Username, Name: acc.Name, Blocklisted: s.cfg.Common.Blocklisted}
	faults := s.faults(password, again, owner)
	if len(faults) == 0 && password == old {
		faults = append(faults, models.Fault("password", "password_reused"))
	}
	free := !id.Account.MustChangePassword && !acc.MustChange
	if free && acc.PasswordChangedAt != nil && s.caseNow().Sub(*acc.PasswordChangedAt) < s.cfg.Policy.MinAge {
		hours := strconv.Itoa(int(s.cfg.Policy.MinAge.Hours()))
		return []models.FieldFault{models.Fault("password", "password_too_soon", "hours", hours)}
	}
	return faults
}
