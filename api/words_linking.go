package api

// linkingWords and linkingExamples are what wordTable and exampleTable are, for applications that have their own login.
const linkingWords = `
linking_address: Where an application that has its own login proves it; empty or absent where it has none.
linking_secret_set: When the secret for it was made.
linked_users: How many accounts are linked to users of its own.
linking: Whether it has its own login, to whose users accounts are linked.
linked_as: Which of its users you are; absent while you are not linked.
linked: Since when the account is linked.
directorates: Among how many directorates you choose; 0 or 1 need no choice.
ApplicationTile.users: How many active accounts have it.
ApplicationLink.application: The application's client id.
ApplicationLink.account: The linked account's id.
ApplicationLink.username: The account's username.
ApplicationLink.name: The account's owner.
application_user: The user's id in the application's own table.
application_user_name: The user's name there.
LinkPlace.npwp: The trader's company, where the application knows it.
LinkPlace.directorates: Where the application opens.
LinkPlace.chosen: The code of the one chosen in the session.
LinkPlace.looked: When the application told of them.
LinkPlace.stale: Whether the application does not answer at present.
Directorate.code: What the application calls it by.
Directorate.name: What people call it.
`

const linkingExamples = `
linking_address: https://rekomendasi.kem.example/loket
linking_secret_set: 2026-11-23T09:15:00+07:00
linked_users: 12
linking: true
linked_as: P-0001
linked: 2026-11-23T09:15:00+07:00
directorates: 2
ApplicationTile.users: 37
ApplicationLink.application: rekomendasi
ApplicationLink.account: 0192f7c5-6f1e-7c40-a1b2-3c4d5e6f7081
ApplicationLink.username: surya.adi
ApplicationLink.name: Made Surya Adi Wijaya
application_user: P-0001
application_user_name: Pengguna Pangan
LinkPlace.npwp: 012345678901000
LinkPlace.chosen: PANGAN
LinkPlace.looked: 2026-11-23T09:15:00+07:00
LinkPlace.stale: false
Directorate.code: PANGAN
Directorate.name: Direktorat Sertifikasi Pangan
`
