package api

// companyWords and companyExamples are what wordTable and exampleTable are, for what a company's people may do.
const (
	companyWords = `
Application.area: The area of a company that opens it, where access is company.
StaffView.npwp: Taxpayer number, 15 or 16 digits.
StaffView.responsible: The names of those who answer for it and can sign in.
StaffView.people: All for whoever is responsible and for the office; oneself for a colleague.
StaffView.manages: Whether I say what its people may do.
StaffView.appoints: Whether I can appoint somebody responsible, since nobody is.
CompanySummary.npwp: Taxpayer number, 15 or 16 digits.
CompanySummary.people: How many accounts it has that are not closed.
CompanySummary.responsible: How many answer for it and can sign in.
CompanyPerson.email: Where mail goes.
CompanyPerson.status: pending awaits a first password.
CompanyPerson.responsible: Whether the person answers for the company.
CompanyPerson.last_sign_in: The day of the last sign-in; absent for never.
CompanyPerson.ends: When the account ends.
CompanyPerson.areas: What the person may do.
CompanyPerson.version: Grows with each change of what the person may do.
AreaGrant.area: Part of the menu.
AreaGrant.level: How much may be done there; each holds those before it.
AreaPreview.person: The person as they are now.
AreaPreview.areas: What they are to have, in the order of the menu.
AreaPreview.opens: The entries of the menu that they would get.
AreaPreview.closes: The entries that they would lose.
AreaPreview.gains: The applications that would come with it.
AreaPreview.loses: The applications that would close.
AreaPreview.version: The person's version.
AreaEntry.area: Part of the menu.
AreaEntry.entry: The entry of the menu.
AreaEntry.level: The least level that opens it.
AreaApplication.area: The area that opens it.
`
	companyExamples = `
Application.area: rush
StaffView.npwp: 012345678901000
StaffView.name: PT Contoh Niaga
StaffView.responsible: Sari Wibowo
StaffView.manages: true
StaffView.appoints: false
CompanySummary.npwp: 012345678901000
CompanySummary.name: PT Contoh Niaga
CompanySummary.people: 4
CompanySummary.responsible: 1
CompanyPerson.name: Sari Wibowo
CompanyPerson.username: sari.wibowo
CompanyPerson.email: sari@niaga.example
CompanyPerson.responsible: true
CompanyPerson.last_sign_in: 2026-11-22
CompanyPerson.ends: 2027-11-23T09:15:00+07:00
CompanyPerson.version: 3
AreaPreview.version: 3
AreaEntry.entry: nvocc
AreaApplication.id: kepabeanan
AreaApplication.name: Layanan Kepabeanan
`
)
