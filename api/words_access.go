package api

// accessWords and accessExamples are what wordTable and exampleTable are, for requests for applications.
const accessWords = `
state: What the application is to whoever asks.
case_id: The case behind it.
case_kind: Of which kind the case is.
ends: The last day on which it holds, YYYY-MM-DD; absent while it does not end.
owns: Whether the one who asks answers for it.
request: What is asked for.
application: The application's id.
application_name: What people call the application.
application_about: What the application is for.
since: Since when.
account_id: The account.
AccessRequest.reason: What it is needed for.
CatalogEntry.id: Its client id.
CatalogEntry.name: What people call it.
CatalogEntry.number: Number of the open request.
CatalogEntry.case_id: The open request.
CatalogEntry.ends: The last day of access that ends.
AccessHolder.kind: Of which kind the case is that gave it.
AccessHolder.case_id: The case that gave it; absent where none did.
AccessHolder.number: Number of that case.
`

const accessExamples = `
state: askable
case_kind: access
ends: 2026-12-31
owns: false
application: arsip
application_name: Arsip Dokumen
application_about: Letters and documents of the ministry.
since: 2026-11-23T09:15:00+07:00
account_id: 0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081
AccessRequest.reason: I keep the archive of our unit.
CatalogEntry.id: arsip
CatalogEntry.name: Arsip Dokumen
`
