package store

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/i18n"
	"loket/internal/mail"
	"loket/models"
)

// contract is a row about somebody whom no registry knows, with the last day of their contract.
func contract(nik, name, ends string) models.RecapRow {
	return models.RecapRow{NIK: nik, Name: name, UnitCode: "KEM.1.2", Position: "Pramubakti", ContractStart: "2026-01-01", ContractEnd: ends,
		ExternalEmail: nik + "@mail.example"}
}

// contracted provisions a memo about contract staff and activates the accounts.
func (b *bundle) contracted(kind models.MemoKind, rows ...models.RecapRow) (caseID string, accounts []string) {
	b.t.Helper()
	sender := b.holder(models.RoleHead, "KEM.1.2")
	d := draftOf("KEM.1.2", rows)
	d.Kind = kind
	caseID, err := b.CreateDraft(b.ctx(), sender, "", d, b.caseNow())
	require.NoError(b.t, err)
	b.accepted(caseID, sender)
	_, err = b.ProvisionRows(b.ctx(), caseID, 1, 500, b.caseNow())
	require.NoError(b.t, err)
	require.NoError(b.t, b.read.Raw("select account_id from memo_rows where case_id = ? order by no", caseID).Scan(&accounts).Error)
	b.tamper("update accounts set status = 'active', password_hash = 'hash' where id in ?", accounts)
	return caseID, accounts
}

// on moves the clock to an instant of a civil day in Jakarta.
func (b *bundle) on(day, clock string) {
	b.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04:05", day+" "+clock, agencyZone())
	require.NoError(b.t, err)
	b.wall.pass(at.Sub(b.wall.Now()))
}

func (b *bundle) keep() Endings {
	b.t.Helper()
	done, err := b.KeepEndings(b.ctx())
	require.NoError(b.t, err)
	return done
}

func TestEndingNotices(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		id, accounts := b.contracted(models.MemoFlexiwork, contract("3174010101900001", "Sari Melati", "2026-12-31"),
			contract("3174010101900002", "Budi Hartono", "2026-12-31"))
		for _, c := range []struct {
			day, clock string
			told, days int
		}{
			{"2026-11-30", "23:59:59", 0, 0}, {"2026-12-01", "00:00:00", 2, 30},
			{"2026-12-16", "23:59:59", 0, 0}, {"2026-12-17", "00:00:00", 2, 14},
			{"2026-12-23", "23:59:59", 0, 0}, {"2026-12-24", "00:00:00", 2, 7},
			{"2026-12-29", "23:59:59", 0, 0}, {"2026-12-30", "00:00:00", 2, 1},
			{"2026-12-31", "12:00:00", 0, 0},
		} {
			b.on(c.day, c.clock)
			require.Equal(t, Endings{Noticed: c.told}, b.keep(), "%s %s", c.day, c.clock)
			require.Equal(t, Endings{}, b.keep(), "once only")
			if c.told > 0 {
				for _, account := range accounts {
					require.Equal(t, 1, b.count("select count(*) from notices where message_id = ? and account_id = ?",
						"ends-"+account+"-flexiwork-"+itoa(c.days)+"-2026-12-31", account))
				}
			}
		}
		require.Equal(t, 8, b.count("select count(*) from notices where kind = 'access_ending'"))
		require.Equal(t, 4, b.count("select count(*) from notices where kind = 'access_ending_sender' and case_id = ?", id), "one for both people")
		require.Equal(t, 12, b.count("select count(*) from notifications where kind like 'access_ending%' and case_id = ?", id), "the bell rings too")
		require.Equal(t, 8, b.count("select count(*) from audit_entries where action = 'access_end_told' and actor = 'clock'"))

		t.Run("both messages can be written in both languages", func(t *testing.T) {
			catalog, err := i18n.New()
			require.NoError(t, err)
			letters, err := mail.NewRenderer(catalog, agencyZone())
			require.NoError(t, err)
			notices, err := b.ClaimNotices(t.Context(), 100, time.Minute)
			require.NoError(t, err)
			seen := ""
			for _, n := range notices {
				if !strings.HasPrefix(n.Kind, "access_ending") {
					continue
				}
				for _, lang := range i18n.Languages() {
					_, text, _, err := letters.Render(n.Kind, lang, n.Data)
					require.NoError(t, err)
					seen += text
				}
			}
			for _, words := range []string{"31 Desember 2026", "30 hari lagi", "1 day", "Budi Hartono, Sari Melati", "2 employees", "https://loket.kem.example/memos/" + id} {
				require.Contains(t, seen, words)
			}
		})
	})
}

func itoa(n int) string { b, _ := json.Marshal(n); return string(b) }

func TestMissedEndingNotices(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		_, accounts := b.contracted(models.MemoFlexiwork, contract("3174010101900001", "Sari Melati", "2026-12-31"))
		b.on("2026-12-26", "09:00:00")
		require.Equal(t, Endings{Noticed: 1}, b.keep())
		var sent []string
		require.NoError(t, b.read.Raw("select message_id from notices where kind = 'access_ending'").Scan(&sent).Error)
		require.Equal(t, []string{"ends-" + accounts[0] + "-flexiwork-7-2026-12-31"}, sent, "only the nearest of three")
		var data map[string]string
		var row noticeRow
		require.NoError(t, b.read.Where("kind = 'access_ending'").Take(&row).Error)
		require.NoError(t, json.Unmarshal([]byte(row.Data), &data))
		require.Equal(t, "5", data["left"])
	})
}

func TestEndingsAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.contracted(models.MemoFlexiwork, contract("3174010101900001", "Sari Melati", "2026-12-31"), contract("3174010101900002", "Budi Hartono", "2026-12-31"))
		b.on("2026-12-30", "08:00:00")
		together := func() {
			for _, err := range atOnce(8, func(int) error { _, err := b.KeepEndings(b.ctx()); return err }) {
				require.NoError(t, err)
			}
		}
		together()
		require.Equal(t, 2, b.count("select count(*) from notices where kind = 'access_ending'"))
		require.Equal(t, 1, b.count("select count(*) from notices where kind = 'access_ending_sender'"))
		b.on("2027-01-01", "00:00:00")
		together()
		require.Equal(t, 2, b.count("select count(*) from audit_entries where action = 'access_ended'"))
		require.Equal(t, 2, b.count("select count(*) from audit_entries where action = 'account_disabled'"))
	})
}

func TestContractEnd(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		id, accounts := b.contracted(models.MemoFlexiwork, contract("3174010101900001", "Sari Melati", "2026-12-31"))
		sari := accounts[0]
		actor := b.actor(sari)
		b.on("2026-12-31", "22:00:00")
		_, err := b.CreateSession(t.Context(), actor, NewSession{Expires: b.wall.Now().Add(12 * time.Hour), Browser: true})
		require.NoError(t, err)
		_, secret, err := b.CreateToken(t.Context(), actor, "laptop", []models.Scope{models.ScopeRead}, b.wall.Now().Add(time.Hour*240))
		require.NoError(t, err)
		version := b.count("select version from cases where id = ?", id)
		survey := func() []Finding {
			found, err := b.SurveyEndings(t.Context(), b.caseNow())
			require.NoError(t, err)
			require.Equal(t, 1, found.Checked)
			return found.Findings
		}

		t.Run("the last day is valid to its end", func(t *testing.T) {
			b.on("2026-12-31", "23:59:59")
			b.keep()
			view, err := b.AccountView(t.Context(), sari, b.caseNow())
			require.NoError(t, err)
			require.Equal(t, []string{"flexiwork"}, view.Applications)
			require.Empty(t, survey())
			b.actor(sari)
		})
		t.Run("from midnight in the unit's zone the access is gone, and the account with it", func(t *testing.T) {
			b.on("2027-01-01", "00:00:00")
			require.NotEmpty(t, survey(), "nothing ran yet")
			require.Equal(t, Endings{Ended: 1}, b.keep())
			require.Equal(t, Endings{}, b.keep())
			require.Empty(t, survey())
			account, err := b.AccountByID(t.Context(), sari)
			require.NoError(t, err)
			require.Equal(t, AccountDisabled, account.Status)
			_, err = b.ActorOf(t.Context(), sari, b.caseNow())
			require.ErrorIs(t, err, models.ErrUnauthenticated)
			_, err = b.TokenBySecret(t.Context(), secret)
			require.ErrorIs(t, err, models.ErrUnauthenticated)
			for _, table := range []string{"sessions", "known_devices"} {
				require.Zero(t, b.count("select count(*) from "+table+" where account_id = ?", sari), table)
			}
			require.Equal(t, 1, b.count("select count(*) from audit_entries where stream = ? and action = 'account_disabled'", accountStream(sari)))
			require.Equal(t, version+1, b.count("select version from cases where id = ?", id), "open pages hear of it")
		})
		t.Run("the memo's row says so", func(t *testing.T) {
			page, err := b.MemoRows(t.Context(), id, RowQuery{})
			require.NoError(t, err)
			require.Equal(t, &models.AccessView{Application: "flexiwork", Ends: "2026-12-31", Ended: true}, page.Items[0].Access)
		})
		t.Run("the accounts are still as the memos say", func(t *testing.T) {
			b.tamper("update memo_rows set state = 'activated' where case_id = ?", id)
			found, err := b.SurveyAccounts(t.Context())
			require.NoError(t, err)
			require.Empty(t, found.Findings)
		})
		t.Run("a session in a closed account is found", func(t *testing.T) {
			b.tamper(`insert into sessions (id, agency_id, digest, account_id, ip, user_agent, created, last_seen, expires)
				values ('s', 'main', 'd', ?, '', '', ?, ?, ?)`, sari, b.wallNow(), b.wallNow(), b.wallNow())
			require.Len(t, survey(), 1)
			b.tamper("delete from sessions where id = 's'")
		})
		t.Run("a new memo opens the account again, by a new link", func(t *testing.T) {
			entries, err := b.RegistryEntries(t.Context(), models.DefaultAgency, "", models.MemoFlexiwork, []models.RecapRow{contract("3174010101900001", "Sari Melati", "2027-06-30")})
			require.NoError(t, err)
			require.False(t, entries[0].HasAccess || entries[0].HasAccount)
			sender := b.holder(models.RoleHead, "KEM.1.2")
			again := b.memo(sender, "KEM.1.2", []models.RecapRow{contract("3174010101900001", "Sari Melati", "2027-06-30")})
			b.accepted(again, sender)
			_, err = b.ProvisionRows(t.Context(), again, 1, 1, b.caseNow())
			require.NoError(t, err)
			account, err := b.AccountByID(t.Context(), sari)
			require.NoError(t, err)
			require.Equal(t, AccountPending, account.Status)
			require.Empty(t, account.PasswordHash)
			require.Len(t, b.earlier(sari), 1, "the password cannot come back with it")
			var notice noticeRow
			require.NoError(t, b.read.Where("case_id = ? and kind = 'credentials'", again).Take(&notice).Error)
			link, err := b.Mint(t.Context(), models.Notice{ID: notice.ID})
			require.NoError(t, err)
			_, err = b.SpendLink(t.Context(), tokenOf(t, link), "hash", models.Origin{})
			require.NoError(t, err)
			view, err := b.AccountView(t.Context(), sari, b.caseNow())
			require.NoError(t, err)
			require.Equal(t, []string{"flexiwork"}, view.Applications)
		})
	})
}

func TestProlongedContract(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		first, later := contract("3174010101900001", "Sari Melati", "2026-12-31"), contract("3174010101900001", "Sari Melati", "2027-06-30")
		_, accounts := b.contracted(models.MemoFlexiwork, first)
		b.on("2026-12-24", "08:00:00")
		require.Equal(t, 1, b.keep().Noticed)
		entries, err := b.RegistryEntries(t.Context(), models.DefaultAgency, "", models.MemoFlexiwork, []models.RecapRow{later})
		require.NoError(t, err)
		require.True(t, entries[0].HasAccess)
		require.Equal(t, "2026-12-31", entries[0].AccessEnds)
		second, _ := b.contracted(models.MemoFlexiwork, later)

		t.Run("its holder is told, and keeps the password", func(t *testing.T) {
			require.Equal(t, 1, b.count("select count(*) from notices where case_id = ? and kind = 'access_prolonged'", second))
			require.Equal(t, 1, b.count("select count(*) from memo_rows where case_id = ? and state = 'activated'", second))
		})
		t.Run("the old end passes without effect", func(t *testing.T) {
			b.on("2027-01-01", "00:00:00")
			require.Equal(t, Endings{}, b.keep())
			b.actor(accounts[0])
		})
		t.Run("notices begin anew before the new end", func(t *testing.T) {
			b.on("2027-05-31", "00:00:00")
			require.Equal(t, Endings{Noticed: 1}, b.keep())
			require.Equal(t, 1, b.count("select count(*) from notices where kind = 'access_ending_sender' and case_id = ?", second))
		})
		t.Run("an earlier end shortens nothing", func(t *testing.T) {
			b.contracted(models.MemoFlexiwork, first)
			require.Equal(t, 1, b.count("select count(*) from account_applications where ends = '2027-06-30'"))
		})
		t.Run("after the new end it is gone", func(t *testing.T) {
			b.on("2027-07-01", "00:00:00")
			require.Equal(t, 1, b.keep().Ended)
		})
	})
}

func TestEndOfOneOfSeveral(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		_, accounts := b.contracted(models.MemoFlexiwork, contract("3174010101900001", "Sari Melati", "2026-12-31"))
		b.contracted(models.MemoSSOActivation, contract("3174010101900001", "Sari Melati", "2027-01-31"))
		staff := recap(t, "recap-clean.csv")[0]
		staff.ContractEnd = "2026-12-31"
		_, permanent := b.contracted(models.MemoFlexiwork, staff)
		status := func(id string) string {
			account, err := b.AccountByID(t.Context(), id)
			require.NoError(t, err)
			return account.Status
		}

		t.Run("the account stays while it has other access", func(t *testing.T) {
			b.on("2027-01-01", "00:00:00")
			require.Equal(t, 2, b.keep().Ended)
			require.Equal(t, AccountActive, status(accounts[0]))
			view, err := b.AccountView(t.Context(), accounts[0], b.caseNow())
			require.NoError(t, err)
			require.Equal(t, []string{"sso"}, view.Applications)
		})
		t.Run("whoever is no contract staff loses the access and keeps the account", func(t *testing.T) {
			require.Equal(t, AccountActive, status(permanent[0]))
			view, err := b.AccountView(t.Context(), permanent[0], b.caseNow())
			require.NoError(t, err)
			require.Empty(t, view.Applications)
			employee, err := b.EmployeeByNIP(t.Context(), models.DefaultAgency, staff.NIP)
			require.NoError(t, err)
			employee, err = b.Employee(t.Context(), models.DefaultAgency, employee.ID)
			require.NoError(t, err)
			require.Equal(t, []models.AccessView{{Application: "flexiwork", Ends: "2026-12-31", Ended: true}}, employee.Access)
		})
		t.Run("contract staff with a role keep the account", func(t *testing.T) {
			b.tamper(`insert into role_grants (id, agency_id, account_id, role, unit_code, valid_from, source) values ('g', 'main', ?, 'drafter', 'KEM.1.2', ?, 'admin')`,
				accounts[0], testNow())
			b.on("2027-02-01", "00:00:00")
			require.Equal(t, 1, b.keep().Ended)
			require.Equal(t, AccountActive, status(accounts[0]))
		})
	})
}

func TestEndingInAnotherZone(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		calendar := models.Calendar{ID: "a-wit", Version: 1}
		require.NoError(t, json.Unmarshal([]byte(`{"id":"a-wit","name":"WIT","utc_offset":"+09:00","week":{"mon":[["08:00","16:00"]]}}`), &calendar))
		require.NoError(t, b.SeedCalendar(t.Context(), calendar))
		b.tamper("update units set calendar_id = 'a-wit' where code = 'KEM.1.2'")
		b.contracted(models.MemoFlexiwork, contract("3174010101900001", "Sari Melati", "2026-12-31"))
		b.on("2026-12-31", "21:59:59")
		require.Zero(t, b.keep().Ended)
		b.on("2026-12-31", "22:00:00") // midnight in WIT
		require.Equal(t, 1, b.keep().Ended)
	})
}

func TestPendingAtTheEnd(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.on("2026-12-30", "10:00:00")
		sender := b.holder(models.RoleHead, "KEM.1.2")
		id := b.memo(sender, "KEM.1.2", []models.RecapRow{contract("3174010101900001", "Sari Melati", "2026-12-31")})
		b.accepted(id, sender)
		_, err := b.ProvisionRows(b.ctx(), id, 1, 1, b.caseNow())
		require.NoError(t, err)
		var notice noticeRow
		require.NoError(t, b.read.Where("case_id = ? and kind = 'credentials'", id).Take(&notice).Error)
		link, err := b.Mint(context.Background(), models.Notice{ID: notice.ID})
		require.NoError(t, err)
		b.on("2027-01-01", "00:00:00")
		require.Equal(t, 1, b.keep().Ended)
		_, err = b.SpendLink(t.Context(), tokenOf(t, link), "hash", models.Origin{})
		require.ErrorIs(t, err, models.ErrLinkSpent)
		_, err = b.Mint(t.Context(), models.Notice{ID: notice.ID})
		require.ErrorIs(t, err, models.ErrLinkSpent)
	})
}
