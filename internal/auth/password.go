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
// An empty password meets none. Whether it was one of the last is known when it is saved, so that nobody tries passwords here
// for whether they were.
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
	if last := s.cfg.Policy.History; last > 0 {
		rules = append(rules, models.RuleState{Code: "password_reused", Params: map[string]string{"last": strconv.Itoa(last)}})
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
	spent := models.AuditEntry{Stream: "system", Actor: "system", Action: actionSetPassword, Object: "link", Origin: o}
	if errors.Is(err, models.ErrLinkSpent) {
		return store.Spent{}, s.refuse(ctx, spent, models.ErrLinkSpent)
	}
	if err != nil {
		return store.Spent{}, err
	}
	owner := models.PasswordContext{Username: link.Username, Name: link.Name, Blocklisted: s.cfg.Common.Blocklisted}
	faults, err := s.recalled(ctx, link.AccountID, password, s.faults(password, again, owner)) // it may have come back with its account
	if err != nil {
		return store.Spent{}, err
	}
	if len(faults) > 0 {
		if _, err := s.LinkInfo(ctx, token); errors.Is(err, models.ErrLinkSpent) { // by the first press of the same button, with this very password
			return store.Spent{}, s.refuse(ctx, spent, models.ErrLinkSpent)
		}
		entry := entryOf(store.Account{ID: link.AccountID, Name: link.Name}, actionSetPassword, o)
		return store.Spent{}, s.refuse(ctx, entry, models.Invalid(faults...))
	}
	hash, err := s.cfg.Passwords.Hash(ctx, password)
	if err != nil {
		return store.Spent{}, err
	}
	return s.cfg.Store.SpendLink(ctx, token, hash, o)
}

// HashNew checks the password, typed twice, of an account that is not there yet, and gives its encoded hash. All that is
// known of whoever will own it is the username that they typed, whose words are taken for their name.
func (s *Service) HashNew(ctx context.Context, username, password, again string) (string, error) {
	owner := models.PasswordContext{Username: username, Name: strings.ReplaceAll(username, ".", " "), Blocklisted: s.cfg.Common.Blocklisted}
	if faults := s.faults(password, again, owner); len(faults) > 0 {
		return "", models.Invalid(faults...)
	}
	return s.cfg.Passwords.Hash(ctx, password)
}

func (s *Service) faults(password, again string, owner models.PasswordContext) []models.FieldFault {
	faults := s.cfg.Policy.Check(password, owner)
	if password != again {
		faults = append(faults, models.Fault("again", "password_again"))
	}
	return faults
}

// ChangePassword asks for the old password, sets the new one, ends every other session, and answers the session's new
// token; asked with a personal token, it ends every session and answers none. Hashing takes its time: a change whose password,
// session or token is no more what was proved comes to nothing. Fields of faults: old, password, again.
func (s *Service) ChangePassword(ctx context.Context, id Identity, old, password, again string) (Signed, error) {
	acc, err := s.cfg.Store.AccountByID(ctx, id.Actor.AccountID)
	if err != nil {
		return Signed{}, err
	}
	if err := s.prove(ctx, acc, id, proof{actionSetPassword, "old", old}); err != nil {
		return Signed{}, err
	}
	faults, err := s.recalled(ctx, acc.ID, password, s.changeFaults(acc, id, old, password, again))
	if err != nil {
		return Signed{}, err
	}
	if len(faults) > 0 {
		return Signed{}, s.refuse(ctx, entryOf(acc, actionSetPassword, id.Actor.Origin), models.Invalid(faults...))
	}
	hash, err := s.cfg.Passwords.Hash(ctx, password)
	if err != nil {
		return Signed{}, err
	}
	token, err := s.cfg.Store.SetPassword(ctx, id.Actor, store.PasswordSet{Account: acc.ID, Hash: hash, Checked: acc.PasswordHash,
		Where: store.Proof{SessionID: id.SessionID, TokenID: id.TokenID}})
	if errors.Is(err, models.ErrWrongCredentials) {
		return Signed{}, s.refuse(ctx, entryOf(acc, actionSetPassword, id.Actor.Origin), models.Invalid(models.Fault("old", "password_wrong")))
	}
	if err != nil {
		return Signed{}, err
	}
	id.Account, err = s.view(ctx, acc.ID, s.caseNow())
	return Signed{Token: token, Identity: id}, err
}

func (s *Service) changeFaults(acc store.Account, id Identity, old, password, again string) []models.FieldFault {
	owner := models.PasswordContext{Username: acc.Username, Name: acc.Name, Blocklisted: s.cfg.Common.Blocklisted}
	faults := s.faults(password, again, owner)
	if len(faults) == 0 && password == old {
		faults = append(faults, models.Fault("password", "password_reused"))
	}
	free := !id.Account.MustChangePassword && !acc.MustChange
	if free && acc.PasswordChangedAt != nil && s.cfg.Now().Sub(*acc.PasswordChangedAt) < s.cfg.Policy.MinAge {
		hours := strconv.Itoa(int(s.cfg.Policy.MinAge.Hours()))
		return []models.FieldFault{models.Fault("password", "password_too_soon", "hours", hours)}
	}
	return faults
}

// recalled adds to what is wrong with a new password that the account had it not long ago. Hashing costs time, and so is
// left out where there are faults already.
func (s *Service) recalled(ctx context.Context, accountID, password string, faults []models.FieldFault) ([]models.FieldFault, error) {
	if len(faults) > 0 || s.cfg.Policy.History == 0 {
		return faults, nil
	}
	hashes, err := s.cfg.Store.PasswordHashes(ctx, accountID, s.cfg.Policy.History, s.cfg.Now().Add(-s.cfg.Policy.MinAge))
	if err != nil {
		return nil, err
	}
	for _, hash := range hashes {
		match, _, err := s.cfg.Passwords.Check(ctx, password, hash)
		if err != nil {
			return nil, err
		}
		if match {
			return []models.FieldFault{models.Fault("password", "password_reused")}, nil
		}
	}
	return nil, nil
}
