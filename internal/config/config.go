package config

import "time"

// Config is every setting of an installation. A laptop needs none of them. Each field carries the name of its
// variable, its default and the sentence that Describe prints; a Secret may also be given as the path of a file in
// the variable with _FILE appended.
type Config struct {
	AgencyName    string   `env:"LOKET_AGENCY_NAME" envDefault:"Kementerian Contoh" doc:"Name of the agency, as pages, messages and PDFs show it."`
	AgencyAddress string   `env:"LOKET_AGENCY_ADDRESS" doc:"Where the agency is, as the letterhead of PDFs shows it. Default: left out."`
	AgencyContact string   `env:"LOKET_AGENCY_CONTACT" doc:"Telephone, mail or web address of the agency, as the letterhead of PDFs shows it. Default: left out."`
	EmailDomains  []string `env:"LOKET_EMAIL_DOMAINS" envDefault:"kem.example" doc:"Domains of official e-mail addresses, separated by commas; the first one is the agency's own."`
	Calendar      string   `env:"LOKET_CALENDAR" envDefault:"id-2026" doc:"Id of the business calendar that units use unless they name another."`
	ActingDays    int      `env:"LOKET_ACTING_DAYS" envDefault:"30" doc:"How many days a daily acting head (Plh.) may act for at once, 1 to 366."`

	DataDir     string   `env:"LOKET_DATA_DIR" envDefault:"loket-data" doc:"Folder for everything that is not in a database given by LOKET_DATABASE_URL."`
	DatabaseURL Secret   `env:"LOKET_DATABASE_URL" doc:"Where application data live: postgres://user:password@host:5432/name, or sqlite:path. Default: sqlite:loket.db in the data folder."`
	FilesURL    string   `env:"LOKET_FILES_URL" doc:"Where uploaded files lie: file:path, or s3://bucket?region=…&prefix=loket/ with credentials from the usual AWS_* variables or the machine's role. Default: the folder files in the data folder."`
	Listen      string   `env:"LOKET_LISTEN" envDefault:"127.0.0.1:8080" doc:"Address and port to listen on."`
	PublicURL   string   `env:"LOKET_PUBLIC_URL" envDefault:"http://localhost:8080" doc:"The address people type. Links in messages are built from it, and requests for another host are refused."`
	Proxies     []string `env:"LOKET_TRUSTED_PROXIES" doc:"Addresses or networks (10.0.0.0/8) of reverse proxies whose X-Forwarded-For is believed, separated by commas. Default: none."`
	TLSCookies  string   `env:"LOKET_REQUIRE_TLS_COOKIES" envDefault:"auto" doc:"Whether cookies travel over TLS only: auto (as LOKET_PUBLIC_URL says), true or false."`

	TemporalAddress    string `env:"LOKET_TEMPORAL_ADDRESS" doc:"Temporal cluster, as host:port. Default: the embedded server."`
	TemporalNamespace  string `env:"LOKET_TEMPORAL_NAMESPACE" envDefault:"loket" doc:"Temporal namespace that holds the cases."`
	TemporalTLSCert    string `env:"LOKET_TEMPORAL_TLS_CERT" doc:"PEM file with the client certificate for the Temporal cluster."`
	TemporalTLSKey     string `env:"LOKET_TEMPORAL_TLS_KEY" doc:"PEM file with the key of that certificate."`
	TemporalTLSCA      string `env:"LOKET_TEMPORAL_TLS_CA" doc:"PEM file with the authorities that the cluster's certificate must come from. Default: the system's."`
	TemporalServerName string `env:"LOKET_TEMPORAL_TLS_SERVER_NAME" doc:"Name expected in the cluster's certificate, where it differs from the address."`
	TemporalAPIKey     Secret `env:"LOKET_TEMPORAL_API_KEY" doc:"API key for the Temporal cluster."`

	SMTPURL      Secret `env:"LOKET_SMTP_URL" doc:"Mail server: smtp://user:password@host:587?tls=starttls, tls=implicit or tls=none. Default: mail waits in the outbox."`
	SMTPPassword Secret `env:"LOKET_SMTP_PASSWORD" doc:"Password for the mail server, where it is not part of LOKET_SMTP_URL."`
	MailFrom     string `env:"LOKET_MAIL_FROM" envDefault:"Loket <loket@kem.example>" doc:"Sender of all messages: Name <address>."`
	DKIMDomain   string `env:"LOKET_DKIM_DOMAIN" doc:"Domain that signs outgoing mail with DKIM."`
	DKIMSelector string `env:"LOKET_DKIM_SELECTOR" doc:"Selector of the DKIM key in that domain."`
	DKIMKeyFile  string `env:"LOKET_DKIM_KEY_FILE" doc:"PEM file with the private DKIM key."`

	KeyringFile      string `env:"LOKET_KEYRING_FILE" doc:"File with the keys for audit, engine payloads and tokens, made at first start. Losing it loses open cases. Default: keyring.json in the data folder."`
	AuditCheckpoints string `env:"LOKET_AUDIT_CHECKPOINTS" doc:"File to which checkpoints of the audit chain are appended; best on another machine. Default: audit-checkpoints.jsonl in the data folder."`

	SessionIdle    time.Duration `env:"LOKET_SESSION_IDLE" envDefault:"30m" doc:"How long a session may lie unused; admins have at most 15m."`
	SessionMax     time.Duration `env:"LOKET_SESSION_MAX" envDefault:"12h" doc:"How long a session lasts however busy; admins have at most 8h."`
	PasswordPolicy string        `env:"LOKET_PASSWORD_POLICY" envDefault:"agency" doc:"Password rules: agency (four classes of characters, not the last five, changed every 3 months) or nist (15 characters, no classes, no rotation)."`
	PasswordLength int           `env:"LOKET_PASSWORD_MIN_LENGTH" envDefault:"12" doc:"How many characters a password has at least by the agency's rules, 8 to 64."`
	Credentials    string        `env:"LOKET_CREDENTIALS" envDefault:"link" doc:"What opens a new account: link (mailed, used once, valid for 72 hours) or password (a temporary one, mailed, valid for 24 hours, which opens nothing but the form for an own one)."`
	SecondFactor   string        `env:"LOKET_SECOND_FACTOR" envDefault:"optional" doc:"Codes of an authenticator app besides passwords: off, optional (for whoever adds one) or required (approvers, officers, support and admins must add one)."`
	TraderValidity time.Duration `env:"LOKET_TRADER_VALIDITY" envDefault:"8760h" doc:"For how long the account of a company's person lives, and is renewed: 720h (30 days) to 87600h (ten years)."`

	Directory        string        `env:"LOKET_DIRECTORY" envDefault:"builtin" doc:"Where accounts are known besides Loket: builtin (nowhere), ldap (LOKET_LDAP_*) or csv (files of changes, for whoever feeds another system by hand)."`
	DirectoryFolder  string        `env:"LOKET_DIRECTORY_FOLDER" doc:"Folder of the files of changes of LOKET_DIRECTORY=csv. Default: the folder directory in the data folder."`
	LDAPURL          string        `env:"LOKET_LDAP_URL" doc:"LDAP directory: ldaps://host:636, or ldap://host:389 with ?tls=starttls (the default) or ?tls=none."`
	LDAPCA           string        `env:"LOKET_LDAP_CA" doc:"PEM file with the authorities that the directory's certificate must come from. Default: the system's."`
	LDAPBindDN       string        `env:"LOKET_LDAP_BIND_DN" doc:"Name by which Loket signs in to the directory: cn=loket,dc=kem,dc=example."`
	LDAPBindPassword Secret        `env:"LOKET_LDAP_BIND_PASSWORD" doc:"Password of that name."`
	LDAPBase         string        `env:"LOKET_LDAP_BASE" doc:"Where people stand in the directory: ou=people,dc=kem,dc=example. It must be there."`
	LDAPDisabledBase string        `env:"LOKET_LDAP_DISABLED_BASE" doc:"Where people are moved whose account is closed; it must be there. Default: they stay, without password and groups."`
	LDAPGroupsBase   string        `env:"LOKET_LDAP_GROUPS_BASE" doc:"Where a group for each application is kept, for Loket alone; it must be there. Default: no groups."`
	LDAPAttributes   string        `env:"LOKET_LDAP_ATTRIBUTES" envDefault:"username=uid,id=employeeNumber,name=cn,surname=sn,email=mail,kind=employeeType" doc:"Which attribute bears what: username (names the entry), id (that of the account, by which Loket knows its entries), name, surname, and where wanted email and kind (employee, contract, company)."`
	LDAPPasswords    string        `env:"LOKET_LDAP_PASSWORDS" envDefault:"argon2" doc:"What the directory gets of passwords: argon2 (the hash, for a server that compares {ARGON2}) or none."`
	LDAPTimeout      time.Duration `env:"LOKET_LDAP_TIMEOUT" envDefault:"10s" doc:"How long one exchange with the directory may take, 1s to 20s."`

	LogFormat    string `env:"LOKET_LOG_FORMAT" envDefault:"text" doc:"Form of log lines: text or json."`
	LogLevel     string `env:"LOKET_LOG_LEVEL" envDefault:"info" doc:"Least level that is logged: debug, info, warn or error."`
	OTLPEndpoint string `env:"LOKET_OTLP_ENDPOINT" doc:"URL of an OpenTelemetry collector (http://host:4318) that gets traces. Default: no traces."`

	// misread holds what Load could not turn into values; Faults gives it first.
	misread []Fault
}

// Secret is a value that no log and no message shows. Reveal gives it to whoever connects with it.
type Secret string

// Reveal gives the secret itself.
func (s Secret) Reveal() string { return string(s) }

// String hides the secret from %s and %v.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "***"
}

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalText hides the secret from JSON and from slog.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
