package api

// applicationWords and applicationExamples are what wordTable and exampleTable are, for applications.
const applicationWords = `
about: What it is for, in one line.
provider: Which agency provides it; tiles are grouped by it.
icon: The picture on its tile.
launch: Where its tile leads.
access: Who may open it.
redirect_uris: Where codes may go, compared letter by letter.
post_logout_redirect_uris: Where people may be led after signing out.
backchannel_logout_uri: Where it is told that a session has ended.
third_party: Whether people are asked what it may know.
owner: The username of whoever answers for it.
owner_name: That person's name.
users: How many accounts were granted it.
secret_set: When its secret was made.
Application.id: Its client id.
Application.name: What people call it.
Application.kind: Whether it can keep a secret.
Application.enabled: Whether people may open it.
Application.version: Grows with each change.
ApplicationTile.id: Its client id.
ApplicationTile.name: What people call it.
`

const applicationExamples = `
about: Rooms and meetings.
provider: Kementerian Contoh
icon: calendar
launch: https://jadwal.kem.example/
access: employees
redirect_uris: https://jadwal.kem.example/callback
post_logout_redirect_uris: https://jadwal.kem.example/
backchannel_logout_uri: https://jadwal.kem.example/back-channel
third_party: false
owner: bayu.yanti
owner_name: Bayu Yanti
users: 37
secret_set: 2026-11-23T09:15:00+07:00
Application.id: jadwal
Application.name: Jadwal Rapat
Application.kind: confidential
Application.enabled: true
Application.version: 1
ApplicationTile.id: jadwal
ApplicationTile.name: Jadwal Rapat
`
