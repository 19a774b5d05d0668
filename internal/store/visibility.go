package store

import (
	"slices"
	"strings"

	"loket/models"
)

// branch is one reason why an actor may see cases. Each is a query of its own with its own index; a list is their
// union. Together they say what models.Sees says, and a test holds the two together. people is the condition on the rows
// t of a memo that a search may look at; empty for all of them.
type branch struct{ from, where, people string }

// branches lists the reasons that can apply to the actor, filling in args.
func branches(a models.Actor, box string, args map[string]any) []branch {
	standingArgs(a, args)
	mine := []branch{{where: "c.requester_id = @account"}, {where: "c.sender_id = @account"}}
	decided := branch{where: "c.status <> 'draft' and c.id in (select d.case_id from events d where d.actor_id = @account" +
		" and d.type in " + decisions + ")"}
	switch box {
	case "mine":
		return mine
	case "decided":
		return []branch{decided}
	case "unit":
		return headed(a, args)
	}
	list := append(mine, decided, listedBranch())
	list = append(list, headed(a, args)...)
	list = append(list, sendable(a, args)...)
	list = append(list, cameBack(a, args)...)
	list = append(list, asked(a, args)...)
	list = append(list, owned(a, args)...)
	list = append(list, registered(a, args)...)
	if a.Has(models.RoleAuditor) {
		list = append(list, branch{where: "c.status <> 'draft'"})
	}
	if a.Has(models.RoleOfficer, models.RoleOfficerLead) {
		list = append(list, branch{where: "c.status <> 'draft' and c.stage = 'officer'"})
	}
	if a.Support() || a.Has(models.RoleAdmin) {
		list = append(list, branch{where: "c.status <> 'draft' and c.trouble <> ''"})
	}
	return list
}

// listedBranch are the memos that list the actor. Such a reader sees their own row alone, and finds nobody else by a search.
func listedBranch() branch {
	return branch{where: `c.status <> 'draft' and c.id in (
		select r.case_id from memo_rows r where r.employee_id = @employee union select r.case_id from memo_rows r where r.account_id = @account)`,
		people: "(t.employee_id = @employee or t.account_id = @account)"}
}

// registered are the registrations of a trader: the one that they came by, and those of the company that they answer for.
func registered(a models.Actor, args map[string]any) []branch {
	if a.Company == "" {
		return nil
	}
	list := []branch{{from: "join registrations g on g.case_id = c.id", where: "c.stage <> '' and g.account_id = @account"}}
	if a.Responsible {
		args["company"] = a.Company
		list = append(list, branch{where: "c.stage <> '' and c.company_id = @company"})
	}
	return list
}

// headed are the cases of the units that the actor heads, and of those below. A path ends in a slash, whose successor
// ends the range.
func headed(a models.Actor, args map[string]any) []branch {
	var list []branch
	for i, g := range a.Grants {
		switch g.Role {
		case models.RoleHead, models.RoleActingHead, models.RoleSubstitute:
			from, to := name("path", i), name("beyond", i)
			args[from], args[to] = g.UnitPath, strings.TrimSuffix(g.UnitPath, "/")+"0"
			list = append(list, branch{where: "c.status <> 'draft' and c.unit_path >= @" + from + " and c.unit_path < @" + to})
		}
	}
	return list
}

// sendable are the drafts that the actor may send.
func sendable(a models.Actor, args map[string]any) []branch {
	var list []branch
	eachSendable(a, args, func(unit, kind string) {
		list = append(list, branch{from: "join memos s on s.case_id = c.id",
			where: "c.status = 'draft' and c.unit_code = " + unit + " and s.memo_kind = " + kind})
	})
	return list
}

// cameBack are the memos that came back and that the actor may send again, whoever sent them before. Of the memo it asks a
// value, as inbox.narrow does.
func cameBack(a models.Actor, args map[string]any) []branch {
	var any []string
	eachSendable(a, args, func(unit, kind string) {
		any = append(any, "s.sending_unit = "+unit+" and s.memo_kind = "+kind)
	})
	if len(any) == 0 {
		return nil
	}
	return []branch{{where: "c.status = 'returned' and (select " + strings.Join(any, " or ") + " from memos s where s.case_id = c.id)"}}
}

// eachSendable names the parameters of each unit and kind of memo that the actor may send.
func eachSendable(a models.Actor, args map[string]any, each func(unit, kind string)) {
	for i, g := range a.Grants {
		for _, k := range models.MemoKinds() {
			for _, rule := range models.DraftCandidates(k, g.Unit) {
				if slices.Contains(g.Rules(), rule) {
					kind, unit := name("kind"+string(k), i), name("sending", i)
					args[kind], args[unit] = k, g.Unit
					each("@"+unit, "@"+kind)
				}
			}
		}
	}
}

// owned are the requests for applications that the actor answers for.
func owned(a models.Actor, args map[string]any) []branch {
	var list []branch
	for i, g := range a.Grants {
		if g.Role == models.RoleOwner {
			application := name("owned", i)
			args[application] = g.Unit
			list = append(list, branch{from: "join access_requests o on o.case_id = c.id", where: "c.status <> 'draft' and o.application = @" + application})
		}
	}
	return list
}

// asked are the cases that wait for the actor's decision.
func asked(a models.Actor, args map[string]any) []branch {
	var list []branch
	for _, g := range a.Grants {
		for _, rule := range g.Rules() {
			i := len(list)
			role, unit := name("role", i), name("at", i)
			args[role], args[unit] = rule.Role, rule.Unit
			list = append(list, branch{from: "join work_items w on w.agency_id = c.agency_id and w.case_id = c.id and w.state = 'open'",
				where: "c.status <> 'draft' and w.candidate_role = @" + role + " and w.candidate_unit = @" + unit + unbarredSQL(g, i, args)})
		}
	}
	return list
}

func name(base string, i int) string {
	return base + string(rune('a'+i/26)) + string(rune('a'+i%26))
}
