package api

// securityWords and securityExamples are what wordTable and exampleTable are, for second factors and sign-ins.
const (
	securityWords = `
FactorView.mode: off, optional, or required of some roles.
FactorView.required: Whether your roles ask for one.
FactorView.active: Whether a code is asked for.
FactorView.since: When it was added.
FactorView.recovery_codes_left: How many recovery codes are unused.
FactorOffer.key: The key in base32, for typing.
FactorOffer.uri: The same as an otpauth address, for a QR code.
SignInView.outcome: ok, or the code of the problem that answered; code_required where the password was right and no code came.
SignInView.channel: portal or api.
SignInView.address: From about where: the first three numbers of an IPv4 address, the /48 of an IPv6 one.
SignInView.user_agent: What the browser or program calls itself.
DeviceView.current: Whether it is the one that asks; never so for a token.
DeviceView.user_agent: What it called itself at the last sign-in.
DeviceView.last_seen: The last sign-in from it; absent where nobody knows.
ConsentView.application: The application's id.
ConsentView.name: The application's name.
ConsentView.provider: Whose it is.
ConsentView.scopes: What it may know, as OpenID scopes.
ConsentView.given: When it was agreed to last.
`
	securityExamples = `
FactorView.mode: optional
recovery_codes_left: 9
key: JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP
ConsentView.given: 2026-11-20T15:00:00+07:00
uri: otpauth://totp/Kementerian%20Contoh:surya.adi?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP
address: 198.51.100.x
`
)
