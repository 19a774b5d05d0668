package demo

import "loket/models"

// Password is every demo account's password. It is no secret: the start page shows it, and only `loket demo` makes
// accounts that have it.
const Password = "Halo-Pelangi!2026"

// part is one ready-made sign-in: who in the registry, in what capacity, and which of the start page's groups.
type part struct {
	nip   string
	role  models.Role // empty for an ordinary employee
	unit  string      // in which the role is held
	group string
}

// The groups of the start page, in its order.
const (
	groupSend    = "send"
	groupDecide  = "decide"
	groupVerify  = "verify"
	groupSupport = "support"
	groupRun     = "run"
	groupFollow  = "follow"
	groupTrade   = "trade"
)

func groups() []string {
	return []string{groupSend, groupDecide, groupVerify, groupSupport, groupRun, groupTrade, groupFollow}
}

// The people whom the plot names.
const (
	headOfPlanning2 = "197405131998061724" // KEM.1.2, sends
	headOfPlanning  = "199101222013042559" // KEM.1, decides on what KEM.1.2 sends
	minister        = "199912092025052509" // KEM
	ppkOfPlanning   = "198301122011071330" // KEM.1
	hrHead          = "198811202015071656" // KEM.5
	headOfHR        = "199603112024091246" // KEM.5
	headOfCustoms   = "199810202025062018" // KEM.2
	headOfCustoms1  = "199511012018042564" // KEM.2.1
	headOfTreasury  = "199812312022061703" // KEM.3
	actingHead      = "199003292014052396" // KEM.1.2.1, whose head has no account
	officer         = "199007192016062880"
)

// cast lists the sign-ins. The head of KEM.1.2.1 is left out on purpose: the acting head is asked in their place.
func cast() []part {
	return []part{
		{headOfPlanning2, models.RoleHead, "KEM.1.2", groupSend},
		{ppkOfPlanning, models.RolePPK, "KEM.1", groupSend},
		{hrHead, models.RoleHRHead, "KEM.5", groupSend},
		{headOfCustoms1, models.RoleHead, "KEM.2.1", groupSend},
		{headOfPlanning, models.RoleHead, "KEM.1", groupDecide},
		{minister, models.RoleHead, "KEM", groupDecide},
		{headOfHR, models.RoleHead, "KEM.5", groupDecide},
		{headOfCustoms, models.RoleHead, "KEM.2", groupDecide},
		{headOfTreasury, models.RoleHead, "KEM.3", groupDecide},
		{actingHead, models.RoleActingHead, "KEM.1.2.1", groupDecide},
		{"199401152019121137", models.RoleSubstitute, "KEM", groupDecide},
		{officer, models.RoleOfficer, "KEM.5.1", groupVerify},
		{"198809042011061359", models.RoleOfficer, "KEM.5.1", groupVerify},
		{"199707082024032053", models.RoleOfficerLead, "KEM.5.1", groupVerify},
		{"198307272008121466", models.RoleHead, "KEM.5.1", groupVerify},
		{"198708022015111795", models.RoleSupport1, "KEM.4.1", groupSupport},
		{"198905152017091964", models.RoleSupport2, "KEM.4.1", groupSupport},
		{"197305112001111072", models.RoleSupport3, "KEM.4.1", groupSupport},
		{"197006261993011829", models.RoleSupportLead, "KEM.4.1", groupSupport},
		{"200005312022061575", models.RoleAuditor, "KEM", groupRun},
		{"198211162007032381", models.RoleAdmin, "KEM.4", groupRun},
	}
}
