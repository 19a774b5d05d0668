package api

// wordTable says what each field means: "property: words" for every schema, "Schema.property: words" for one.
const wordTable = `
id: Its id.
name: Its name.
unit: Code of the unit.
unit_name: Name of the unit.
unit_path: The unit's codes from the root, each with a slash around.
code: Its code.
kind: Its kind.
status: Where it stands.
role: The role.
reason: The reason that was given.
params: What the text is filled with.
items: The items of this page, in order.
next: Cursor of the page that follows; absent on the last.
total: How many there are in all; -1 where counting would cost too much.
from: When it begins.
until: When it ends; absent while open-ended.
at: When it happened.
expires: When it ends.
created: When it was made.
username: Name for signing in; it never changes.
nip: Employee number, 18 digits.
nik: Citizen number, masked.
position: What the person does.
contract_start: First day of the contract, YYYY-MM-DD.
contract_end: Last day of the contract, YYYY-MM-DD.
external_email: Where the credentials message goes while there is no official mailbox.
unit_code: Code of the person's unit.
on_behalf_of: Employee for whom an acting head decides.
number: The case's number, such as LKT-2026-000123.
subject: What it is about.
memo_kind: What the memo asks for.
stage: Which stage it waits in.
sender_name: Who sent it; the writer while it is a draft.
opened: When it was begun.
closed: When it ended.
due: When the present step must be decided.
rows: How many rows stand where.
trouble: What keeps it from going on until somebody helps: accounts could not be made, which support retries or leaves out, or nobody is left who could decide.
asked: Since when the sender is asked something; no deadline runs meanwhile.
content: Digest (SHA-256, in hexadecimal digits) of the text and the rows that were judged.
seq: How many events are on record.
Dashboard.unit: The unit that was asked for; absent for all that you may see.
Dashboard.from: Monday of the first week.
Dashboard.until: The instant of the figures.
Dashboard.open: Open memos, one entry for each status.
Dashboard.weeks: What was decided, week by week, the oldest first.
Dashboard.stages: What was decided in each stage, and how fast.
OpenCount.under_2_days: Begun less than 2 days ago.
OpenCount.under_7_days: Begun 2 to 6 days ago.
OpenCount.under_14_days: Begun 7 to 13 days ago.
OpenCount.older: Begun 14 days ago or longer.
OpenCount.total: All of them.
begins: The week's Monday.
approved: Approvals by heads.
verified: Checks by officers that accepted somebody.
refused: Refusals.
returned: Memos returned for revision.
expired: Memos that nobody decided.
in_time: Decisions before the first due time of their stage.
escalated: How often the next office holder was asked.
measured: Of how many decisions, the newest, the times are; there are none where it is 0.
median_minutes: Half of the decisions took no longer, in business minutes.
p90_minutes: Nine of ten decisions took no longer, in business minutes.
AccessView.application: The application.
AccessView.ends: The last day of access, YYYY-MM-DD; absent while open-ended.
AccessView.ended: Whether it is over.
AccountView.id: The account's id.
AccountView.name: The person's name.
AccountView.email: Where mail goes.
AccountView.locale: Language of mail, id or en.
AccountView.roles: Roles that hold now, each in its unit.
AccountView.applications: Applications that the account may use.
AccountView.must_change_password: Whether PUT /api/v1/me/password comes first.
AccountView.password_changed_at: When the password was last changed.
AuditEntry.on_behalf_of_name: That employee's name.
AuditEntry.seq: Place in the chain over all streams, without gaps; 0 until sealed.
AuditEntry.stream: The chain it stands in: case:<id>, account:<id> or system.
AuditEntry.stream_seq: Place within the stream, from 1, without gaps.
AuditEntry.actor: Account that acted, or clock, or system.
AuditEntry.actor_name: Name of who acted.
AuditEntry.action: What was done.
AuditEntry.object: To what it was done.
AuditEntry.origin: From where it was asked.
AuditEntry.before: What it was, as compact JSON.
AuditEntry.after: What it became, as compact JSON.
AuditEntry.outcome: ok, or the code of the refusal.
Origin.channel: portal, api, cli or clock.
Origin.ip: Address of who asked.
Origin.user_agent: Program of who asked.
Origin.request_id: Id of the request.
Calendar.version: Versions never change; an edit makes a new one.
Calendar.utc_offset: Fixed distance from UTC, such as +07:00.
Calendar.week: Working hours by weekday.
Calendar.overrides: Periods with other hours, such as Ramadan.
Calendar.holidays: Days off.
Override.from: First day, YYYY-MM-DD.
Override.to: Last day, YYYY-MM-DD.
Override.week: Working hours in the period.
Holiday.date: The day, YYYY-MM-DD.
Holiday.kind: National holiday, joint leave (cuti bersama) or local holiday.
mon: Monday's working hours, each as [from, to].
tue: Tuesday's working hours, each as [from, to].
wed: Wednesday's working hours, each as [from, to].
thu: Thursday's working hours, each as [from, to].
fri: Friday's working hours, each as [from, to].
sat: Saturday's working hours, each as [from, to].
sun: Sunday's working hours, each as [from, to].
EmployeeView.name: The person's name.
EmployeeView.access: What the person's account may use, or could until it ended; absent in lists.
EmployeeView.employment_type: How the person is employed.
EmployeeView.rank: Rank, such as III/b.
EmployeeView.status: Whether the person works now.
EmployeeView.official_email: The official mailbox, if any.
DirectoryState.kind: Which directory knows the accounts besides Loket: builtin (none), ldap or csv.
DirectoryState.waiting: How many accounts wait to be carried there.
DirectoryState.since: When the oldest change was made that waits.
DirectoryState.trouble: What the directory said when it last took nothing.
DirectoryState.failed: How many accounts it refused.
DirectoryState.left_out: How many were left out.
DirectoryFailure.account_id: The account.
DirectoryFailure.name: Its owner's name.
DirectoryFailure.state: Whether it failed or was left_out.
DirectoryFailure.reason: What the directory said.
DirectoryFailure.since: When the oldest change was made that is not there.
DirectoryFailure.attempts: How often it was tried.
FailedNotice.kind: Which message it is.
FailedNotice.to: The address, masked.
FailedNotice.case_id: The case that it is about.
FailedNotice.reason: What the mail server said.
FailedNotice.at: When it was last tried.
FailedNotice.attempts: How often it was tried.
FieldFault.field: The field's JSON name.
FieldFault.code: Stable code of what is wrong.
RowFinding.field: The column.
RowFinding.code: Stable code of what was found.
RowFinding.severity: An error keeps the memo from being sent, a warning asks for a look.
Home.waits_for_me: What I may decide now, the most urgent first.
FieldChange.field: What changed: a field of the draft or a column of a row by its JSON name, or rows where a person came or went.
FieldChange.person: Whose row it is; absent where the letter changed.
FieldChange.before: What it said in the round before; a person's number where the row went.
FieldChange.after: What it says now; a person's number where the row came.
FieldNote.field: What is to be corrected: a field of the draft by its JSON name, or a row as rows[3], counted from 0. While the list is being corrected it counts in the list as it is by now, and is rows once that person was left out.
FieldNote.person: Whose row that was.
FieldNote.note: What to correct in it.
Home.i_wait_for: What I sent that is still open; what was returned to me comes first.
Home.drafts: How many drafts I have.
Home.trouble: Cases that need an operator and messages that could not be delivered; support only.
MemoDraft.kind: What the memo asks for.
MemoDraft.date: Date of the memo, YYYY-MM-DD.
MemoDraft.addressee: To whom it is addressed.
MemoDraft.reference: Number of an earlier memo.
MemoDraft.body: Plain text.
MemoDraft.contact: Whom to ask.
MemoDraft.copies: Who gets a copy.
MemoDraft.attachments: What is attached.
Attachment.kind: What the file is to the memo.
Attachment.position: Its place among the attachments, from 1.
Attachment.name: The file's name, as it is shown and saved.
Attachment.size: How many bytes it has.
Attachment.type: Its media type.
Attachment.sha256: Digest of the file, in hexadecimal digits.
MemoDraft.rows: Not given here: see GET /api/v1/memos/{id}/rows.
MemoView.row_results: What came of each row that this request decided; in the answer to a verification alone.
RowResult.no: The row's number, from 1.
RowResult.state: Where the row stands now.
RowResult.done: Whether this request decided it; false where somebody else had before.
RowResult.by: Who decided it before.
MemoView.memo_number: The memo's own number, without gaps per unit and year; given when sent.
MemoView.draft: What the memo says.
MemoView.round: How often it was sent.
MemoView.version: Grows with every change; the ETag.
MemoView.requester_name: Who wrote it.
MemoView.timeline: What happened, oldest first.
MemoView.steps: Who is asked, in which order, at the stage that is open.
MemoView.actions: What you may do with it now.
MemoView.letters: What you may open as a PDF, see GET /api/v1/memos/{id}/letters/{kind}.
LetterVerification.kind: Which letter it is.
LetterVerification.number: The memo's number at the counter.
LetterVerification.memo_number: The memo's own number.
LetterVerification.subject: The subject, as the letter says it.
LetterVerification.decision: What has become of the memo by now.
LetterVerification.signer: Whose word the letter bears; absent for one that the system draws up.
LetterVerification.signer_for: In whose stead an acting head signed.
LetterVerification.at: When that was.
LetterVerification.issued: When the letter was made.
LetterVerification.sha256: Digest of the letter's file, in hexadecimal digits.
LetterVerification.valid: Whether the letter still holds.
LetterVerification.why: Why it holds no more: the memo was withdrawn, or a newer edition tells more.
MemoView.content: Digest (SHA-256, in hexadecimal digits) of the text and the rows that are, or were last, judged; absent for drafts. Send it with a decision that is to count for exactly this.
MemoView.changes: What changed since the round before; while it is returned, since it was last sent. Not for whoever is merely listed.
OfficeView.name: Who holds the office.
RecapReport.rows: Every row with what was found.
RecapReport.faults: What is wrong with the memo itself.
RecapReport.errors: How many findings keep it from being sent.
RecapReport.steps: Who will be asked.
RecapRow.name: The person's name.
RoleGrant.employee_id: Who holds it, when the person stands in the registry.
RoleGrant.account_id: Who holds it, when the person does not.
RoleGrant.reason: Why it was granted.
RowCounts.total: All rows.
RowCounts.pending: Not decided yet.
RowCounts.accepted: Accepted, account not made yet.
RowCounts.rejected: Rejected by an officer.
RowCounts.provisioned: Account made, password not set yet.
RowCounts.activated: Password set.
RowCounts.lapsed: The link was never used; the account stays closed.
RowView.no: The row's number, from 1.
RowView.access: The access that the account has by now, where it ends by itself.
RowView.name: The person's name.
RowView.state: Where the row stands.
RowView.findings: What the checks found.
RowView.registry: What the registry says of the person.
SendingUnit.kinds: Kinds of memo that you may write for it.
SendingUnit.may_send: Kinds that you may also send.
SessionView.current: Whether it is this one.
SessionView.idle: Unused for too long to open anything here. Applications that were opened from it stay open until it ends.
SessionView.ip: Address at sign-in.
SessionView.user_agent: The browser.
SessionView.last_seen: When it was last used.
StepView.unit: Code of the unit whose office holder is asked; absent for the whole agency.
StepView.names: Who holds the role now.
StepView.people: The same people, with what makes them deciders.
StepPerson.name: Who is asked.
StepPerson.acting: How they act for somebody; absent in an office of their own.
StepPerson.for: For whom they act; absent for a vacancy.
StepPerson.until: The first instant after they act.
Comment.author_name: Who wrote it.
Comment.own: Whether you wrote it.
Comment.text: What was said, as plain text.
DelegationView.id: The delegation's id, which is its grant's.
DelegationView.kind: How the delegate acts.
DelegationView.role: The office.
DelegationView.from: When it begins.
DelegationView.until: The first instant after it.
DelegationView.reason: Why.
DelegationView.revocable: Whether you may end it.
Grant.barred: Whether it counts for nothing in one case; never so here.
delegate_id: Employee who acts.
delegate_name: Who acts.
principal_id: Employee for whom they act; absent for a vacancy.
principal_name: For whom they act.
given_by: Who gave it; absent for one from the registry.
ended_by: Who ended it before its time.
Absence.role: The office.
Absence.status: Why nobody decides there: on leave, or retired.
Absence.fillable: Whether you may name somebody.
employee_id: Employee who holds the office.
employee_name: Who holds the office.
StepView.minutes: Business minutes until the next step is asked.
StepView.current: Whether this step is being asked.
TimelineEvent.seq: Its place in the case's history.
TimelineEvent.type: What happened.
TimelineEvent.actor_name: Who acted; absent for the clock and the system.
TimelineEvent.on_behalf_of_name: For whom an acting head acted.
TimelineEvent.notes: What was to be corrected, field by field, when it was returned. Not for whoever is merely listed.
TimelineEvent.status: Where the case stood after it.
TimelineEvent.reason: Why; or what was asked, or answered.
TimelineEvent.acting: How the actor acted: plh (the holder is away), plt (a vacancy) or substitute.
TimelineEvent.content: Digest of what was before whoever decided, see content of the memo.
TokenView.name: By what its owner knows it.
TokenView.scopes: What it may do.
TokenView.last_used: When it was last used.
UnitView.kind: Its level in the ministry.
UnitView.parent: Code of the unit above.
UnitView.path: Codes from the root, each with a slash around.
UnitView.children: Units right below.
UnitView.offices: Who holds which office.
UnitView.employees: How many people work in the unit itself.
WorkItemView.item_id: The work item's id; absent where nothing waits.
WorkItemView.queue: Where it waits: approval, verification, or registration of companies.
WorkItemView.since: Since when it waits; in the tab of what I decided, when I did.
WorkItemView.item_due: When it must be decided; absent while the sender is asked something, when no clock runs.
WorkItemView.remaining_minutes: Business minutes left; negative when late.
WorkItemView.due_today: Whether it is due today, where the unit works.
WorkItemView.instead_of: The person, or else the unit, in whose stead I would decide.
WorkItemView.claim: Who works on it, where several are asked.
WorkItemView.decision: What I had to say, in the tab of what I decided.
WorkPage.counts: Open work items per queue, whatever the query narrows; 100 means that many or more.
WorkPage.tabs: What stands on each tab, whatever the query narrows; 100 means that many or more.
Claim.by: Who works on it.
Claim.mine: Whether that is me.
Claim.until: When the claim ends by itself.
SavedView.name: By what its owner knows it.
SavedView.query: The inbox's query, as an address spells it.
SavedView.opens: Whether the portal's inbox begins with it.
Phrase.text: The reason.
Phrase.shared: Whether it is the agency's.
Notification.kind: Which message it is.
Notification.case_id: The case that it is about.
Notification.seen: When I looked at it; absent before.
`

// exampleTable gives examples in the same way, for fields that are no choice.
const exampleTable = `
acting: plh
delegate_id: 0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7082
delegate_name: Ratna Dewi
principal_id: 0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081
principal_name: Bambang Santoso
given_by: Bambang Santoso
ended_by: Bambang Santoso
employee_name: Bambang Santoso
for: Bambang Santoso
revocable: true
barred: false
fillable: true
RowResult.no: 5
RowResult.by: Fajar Anggraini
id: 0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081
name: Made Surya Adi Wijaya
unit: KEM.1.2
unit_name: Directorate of Human Resources
unit_path: /KEM/KEM.1/KEM.1.2/
code: KEM.1.2
parent: KEM.1
path: /KEM/KEM.1/KEM.1.2/
username: surya.adi
email: surya.adi@kem.example
official_email: surya.adi@kem.example
external_email: made.surya@mail.example
nip: 199002142015031002
nik: 3174********0001
rank: III/b
position: Analyst
contract_start: 2026-01-01
contract_end: 2026-12-31
unit_code: KEM.1.2
number: LKT-2026-000123
memo_number: ND-14/KEM.1.2/2026
signer: Ratna Dewi
signer_for: Bambang Santoso
issued: 2026-11-23T08:20:00+07:00
sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
valid: true
subject: Accounts for new staff
addressee: Head of the Centre for Data and Information
reference: ND-12/KEM.1.2/2026
body: Please open accounts for the staff listed.
contact: Rina, ext. 1204
copies: ["Bureau of Personnel"]
date: 2026-11-23
reason: NIP and name differ.
trouble: provisioning
asked: 2026-11-23T09:30:00+07:00
content: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
seq: 3
round: 1
version: 7
total: 25
next: eyJpZCI6IjAxOTJmN2M1In0
drafts: 1
errors: 0
minutes: 900
no: 1
employees: 37
opened: 2026-11-23T08:15:00+07:00
closed: 2026-11-25T10:02:11+07:00
due: 2026-11-24T16:00:00+07:00
item_due: 2026-11-24T16:00:00+07:00
since: 2026-11-23T08:15:02+07:00
remaining_minutes: 620
at: 2026-11-23T08:15:00+07:00
from: 2026-11-23T00:00:00+07:00
until: 2026-12-06T00:00:00+07:00
created: 2026-11-22T09:00:00+07:00
expires: 2026-12-22T09:00:00+07:00
last_seen: 2026-11-22T09:40:00+07:00
last_used: 2026-11-22T09:40:00+07:00
password_changed_at: 2026-10-01T07:30:00+07:00
locale: id
applications: ["flexiwork"]
application: flexiwork
ends: 2026-12-31
ended: false
names: ["Ratna Dewi"]
actor_name: Ratna Dewi
on_behalf_of: 0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081
on_behalf_of_name: Bambang Santoso
sender_name: Ratna Dewi
requester_name: Made Surya Adi Wijaya
field: nip
ip: 198.51.100.7
user_agent: curl/8.5.0
channel: api
request_id: 0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081
employee_id: 0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081
account_id: 0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081
case_id: 0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081
item_id: 0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081
queue: approval
pending: 3
accepted: 20
rejected: 2
provisioned: 0
activated: 0
lapsed: 0
attempts: 4
kind: credentials
to: m***@mail.example
stream: case:0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081
stream_seq: 4
actor: 0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081
action: memo.approve
object: case:0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081
before: {"status":"approval"}
after: {"status":"verification"}
outcome: ok
utc_offset: +07:00
mon: [["08:00","12:00"],["13:00","16:30"]]
tue: [["08:00","12:00"],["13:00","16:30"]]
wed: [["08:00","12:00"],["13:00","16:30"]]
thu: [["08:00","12:00"],["13:00","16:30"]]
fri: [["08:00","11:30"],["13:00","17:00"]]
sat: []
sun: []
begins: 2026-11-16
approved: 41
verified: 38
refused: 2
returned: 5
expired: 0
in_time: 80
escalated: 3
measured: 86
median_minutes: 310
p90_minutes: 840
under_2_days: 4
under_7_days: 7
under_14_days: 2
older: 1
OpenCount.total: 14
Comment.author_name: Ratna Dewi
Comment.own: false
Comment.text: The statement will follow tomorrow.
Attachment.position: 1
Attachment.name: SPTJM.pdf
Attachment.size: 48211
Attachment.type: application/pdf
AuditEntry.seq: 4211
Home.trouble: 0
UnitView.name: Directorate of Human Resources
SendingUnit.name: Directorate of Human Resources
Calendar.id: id-wib
Calendar.name: Working time, WIB
Calendar.version: 1
Override.name: Ramadan 1447
Override.from: 2026-02-18
Override.to: 2026-03-19
FieldFault.code: required
FieldChange.field: subject
FieldChange.person: Made Surya Adi Wijaya
FieldChange.before: Accounts for new staff
FieldChange.after: Flexible working for new staff
FieldNote.field: subject
FieldNote.person: Made Surya Adi Wijaya
FieldNote.note: Name the unit in the subject.
RowFinding.code: name_differs
TokenView.name: laptop
FailedNotice.reason: 550 5.1.1 No such mailbox
DirectoryState.kind: ldap
DirectoryFailure.state: failed
DirectoryState.waiting: 37
DirectoryState.trouble: the directory cannot be reached
DirectoryState.failed: 1
DirectoryState.left_out: 0
DirectoryFailure.reason: Constraint Violation
WorkItemView.instead_of: Bambang Santoso
WorkItemView.due_today: false
WorkItemView.decision: approved
Claim.by: Made Surya Adi Wijaya
Claim.mine: false
SavedView.name: Late in my unit
SavedView.query: due=late&tab=mine
SavedView.opens: false
Phrase.text: NIP and name differ.
Phrase.shared: false
Notification.kind: memo_waiting
Notification.seen: 2026-11-23T09:15:00+07:00
`
