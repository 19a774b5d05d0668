package api

// accessWords and accessExamples are what wordTable and exampleTable are, for requests for applications.
const accessWords = `
state: What the application is to whoever asks.
case_kind: Of which kind the case is.
owns: Whether the one who asks answers for it.
request: What is asked for.
application_name: What people call the application.
application_about: What the application is for.
AccessHolder.since: Since when.
AccessHolder.account_id: The account.
AccessHolder.ends: The last day on which it holds, YYYY-MM-DD; absent while it does not end.
AccessHolder.kind: Of which kind the case is that gave it.
AccessHolder.case_id: The case that gave it; absent where none did.
AccessHolder.number: Number of that case.
AccessRequest.application: The application's id.
AccessRequest.reason: What it is needed for.
AccessRequest.ends: The last day on which it is needed, YYYY-MM-DD; absent for good.
AccessCaseView.seq: Grows with each event; decisions name it.
AccessCaseView.timeline: What happened, oldest first.
AccessCaseView.steps: Who is asked now.
AccessCaseView.actions: What whoever asks may do with it now.
CatalogEntry.id: Its client id.
CatalogEntry.name: What people call it.
CatalogEntry.number: Number of the open request.
CatalogEntry.case_id: The open request.
CatalogEntry.ends: The last day of access that ends.
`

const accessExamples = `
state: askable
case_kind: access
owns: false
application_name: Arsip Dokumen
application_about: Letters and documents of the ministry.
AccessHolder.since: 2026-11-23T09:15:00+07:00
AccessHolder.account_id: 0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081
AccessHolder.ends: 2026-12-31
AccessRequest.application: arsip
AccessRequest.reason: I keep the archive of our unit.
AccessRequest.ends: 2026-12-31
AccessCaseView.seq: 3
CatalogEntry.id: arsip
CatalogEntry.name: Arsip Dokumen
CatalogEntry.ends: 2026-12-31
`
