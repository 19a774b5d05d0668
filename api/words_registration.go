package api

// registrationWords and registrationExamples are what wordTable and exampleTable are, for registrations.
const registrationWords = `
RegistrationView.id: Its id.
RegistrationView.sort: account for a user's account, company for another NPWP or name of a company that is registered.
RegistrationView.round: 1, and one more each time it was sent again.
RegistrationView.version: Grows with every change, of what is being written too; it is the ETag.
RegistrationView.due: Until when the link is to be followed, the form to be sent, the officers to decide or the password to be set.
RegistrationView.email: The applicant's address, which the link proves.
RegistrationView.form: What the applicant gives of themselves and their company.
RegistrationView.papers: The company's papers.
RegistrationView.reason: Why it was returned or refused last.
RegistrationView.notes: What to correct, field by field, when it was returned last.
RegistrationView.changes: What changed since the round before; against the company as it is, where it asks for another NPWP or name.
RegistrationView.known: The company that has the NPWP already, or that changes. Not for the applicant.
RegistrationView.people: How many accounts that company has.
RegistrationView.username: Of the account that came of it.
RegistrationView.timeline: What happened, the oldest first.
RegistrationView.steps: Who is asked. Not for the applicant.
RegistrationView.actions: What the reader may do now.
RegistrationView.trouble: What keeps it from going on until somebody helps.
RegistrationForm.name: The applicant's full name.
RegistrationForm.phone: The applicant's telephone.
RegistrationForm.username: For signing in, without the agency's domain.
RegistrationForm.npwp: Taxpayer number.
RegistrationForm.company: The company's name.
RegistrationForm.address: The company's address.
RegistrationForm.postcode: 5 digits.
RegistrationForm.company_phone: The company's telephone.
RegistrationForm.edi_number: EDI number; may be empty.
RegistrationForm.customs_number: Customs registration number; may be empty.
Paper.position: Its place among the papers, from 1.
Paper.kind: What it shows of the company.
Paper.name: The file's name.
Paper.size: Bytes.
Paper.sha256: SHA-256 of its content, in hexadecimal digits.
Company.npwp: Taxpayer number, 15 or 16 digits.
Company.address: Its address.
Company.postcode: 5 digits.
Company.phone: Its telephone.
Company.edi_number: EDI number; may be empty.
Company.customs_number: Customs registration number; may be empty.
Company.version: Grows with each change.
`

const registrationExamples = `
RegistrationView.sort: account
RegistrationView.status: verification
RegistrationView.stage: officer
RegistrationView.round: 1
RegistrationView.version: 6
RegistrationView.email: sari.wibowo@sumber-rezeki.example
RegistrationView.people: 2
RegistrationView.username: sari.wibowo
RegistrationView.actions: ["approve","refuse","return"]
RegistrationForm.name: Sari Wibowo
RegistrationForm.phone: 0812 5550 0101
RegistrationForm.username: sari.wibowo
RegistrationForm.npwp: 012345678901000
RegistrationForm.company: PT Sumber Rezeki Contoh
RegistrationForm.address: Jalan Pelabuhan Raya 12, Jakarta Utara
RegistrationForm.postcode: 14310
RegistrationForm.company_phone: 021 555 0101
RegistrationForm.edi_number: EDI-000417
RegistrationForm.customs_number: 05.017042
Paper.position: 1
Paper.kind: npwp
Paper.name: NPWP.pdf
Paper.size: 184211
Paper.sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
Company.npwp: 012345678901000
Company.name: PT Sumber Rezeki Contoh
Company.address: Jalan Pelabuhan Raya 9, Jakarta Utara
Company.postcode: 14310
Company.phone: 021 555 0101
Company.edi_number: EDI-000417
Company.customs_number: 05.017042
Company.version: 1
`
