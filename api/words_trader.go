package api

// traderWords and traderExamples are what wordTable and exampleTable are, for companies' people.
const (
	traderWords = `
AccountView.ends: When the account of a company's person ends; absent for everybody else.
AccountView.ended: That it has ended: nothing is open but POST /api/v1/me/renewal.
TraderView.phone: The own telephone; may be empty.
TraderView.email: Where mail goes; see POST /api/v1/me/email-change.
TraderView.locale: Language of mail, id or en.
TraderView.responsible: Whether I answer for the company.
TraderView.awaited: An address that has to prove itself; absent where none does.
EmailAwaited.email: The new address.
TraderView.ends: When the account ends.
TraderView.opens: From when on it can be renewed.
TraderView.closes: Until when it can be; then it is closed.
TraderView.ended: Whether it has ended.
TraderView.renewable_now: Whether it can be renewed now.
Term.ends: When the account ends.
Term.opens: From when on it can be renewed.
Term.closes: Until when it can be; then it is closed.
Term.ended: Whether it has ended.
Term.renewable_now: Whether it can be renewed now.
CompanyView.npwp: Taxpayer number, 15 or 16 digits.
CompanyView.address: Where the company is.
CompanyView.postcode: Five digits.
CompanyView.phone: The company's telephone.
CompanyView.edi_number: May be empty.
CompanyView.customs_number: Customs registration number; may be empty.
CompanyView.version: Grows with each change.
CompanyView.changed: When its data were changed last; absent where nobody did.
CompanyView.changed_by: Who did.
CompanyView.editable: Whether I may change its data.
`
	traderExamples = `
AccountView.ends: 2027-11-23T09:15:00+07:00
AccountView.ended: false
TraderView.phone: +62 812 5550 101
TraderView.email: sari@niaga.example
TraderView.responsible: true
TraderView.name: Sari Wibowo
TraderView.username: sari.wibowo
EmailAwaited.email: sari.wibowo@niaga.example
TraderView.ends: 2027-11-23T09:15:00+07:00
TraderView.opens: 2027-10-24T09:15:00+07:00
TraderView.closes: 2027-12-23T09:15:00+07:00
TraderView.ended: false
TraderView.renewable_now: false
Term.ends: 2027-11-23T09:15:00+07:00
Term.opens: 2027-10-24T09:15:00+07:00
Term.closes: 2027-12-23T09:15:00+07:00
Term.ended: false
Term.renewable_now: false
CompanyView.name: PT Contoh Niaga
CompanyView.npwp: 012345678901000
CompanyView.address: Jl. Contoh 1, Jakarta
CompanyView.postcode: 10110
CompanyView.phone: 021 555 0101
CompanyView.edi_number: EDI-0012345
CompanyView.customs_number: 05.012345
CompanyView.version: 1
CompanyView.changed: 2026-11-23T09:15:00+07:00
CompanyView.changed_by: Sari Wibowo
CompanyView.editable: true
`
)
