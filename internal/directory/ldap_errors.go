package directory

import (
	"errors"
	"fmt"

	"github.com/go-ldap/ldap/v3"
)

// broken tells whether the connection is of no use any more.
func broken(err error) bool {
	return ldap.IsErrorAnyOf(err, ldap.ErrorNetwork, ldap.LDAPResultServerDown, ldap.LDAPResultTimeout) || errors.Is(err, ldap.ErrConnUnbound)
}

// told says what an error means for the account at hand: a directory that is not there now, something that will never
// be taken, or nobody knows.
func told(err error) error {
	var fault *Fault
	var answer *ldap.Error
	switch {
	case errors.As(err, &fault) || !errors.As(err, &answer):
		return err
	case broken(err):
		return away("the directory broke off: " + cause(err))
	case ldap.IsErrorAnyOf(err, ldap.LDAPResultBusy, ldap.LDAPResultUnavailable, ldap.LDAPResultAdminLimitExceeded, ldap.LDAPResultTimeLimitExceeded,
		ldap.LDAPResultStrongAuthRequired, ldap.LDAPResultConfidentialityRequired, ldap.LDAPResultInvalidCredentials):
		return away("the directory takes nothing now: " + cause(err))
	case ldap.IsErrorAnyOf(err, ldap.LDAPResultConstraintViolation, ldap.LDAPResultInsufficientAccessRights, ldap.LDAPResultObjectClassViolation,
		ldap.LDAPResultUndefinedAttributeType, ldap.LDAPResultInvalidAttributeSyntax, ldap.LDAPResultNamingViolation, ldap.LDAPResultInvalidDNSyntax,
		ldap.LDAPResultNotAllowedOnRDN, ldap.LDAPResultObjectClassModsProhibited, ldap.LDAPResultInappropriateMatching, ldap.LDAPResultUnwillingToPerform,
		ldap.LDAPResultEntryAlreadyExists, ldap.LDAPResultNoSuchObject, ldap.LDAPResultAffectsMultipleDSAs, ldap.LDAPResultNotAllowedOnNonLeaf):
		return final(cause(err))
	}
	return errors.New(cause(err))
}

// cause is what the server said, without the numbers of the library.
func cause(err error) string {
	var answer *ldap.Error
	if !errors.As(err, &answer) {
		return err.Error()
	}
	name := ldap.LDAPResultCodeMap[answer.ResultCode]
	switch {
	case answer.ResultCode == ldap.ErrorNetwork && answer.Err != nil:
		return answer.Err.Error()
	case answer.Err == nil || answer.Err.Error() == "":
		return name
	}
	return fmt.Sprintf("%s (%s)", name, answer.Err)
}
