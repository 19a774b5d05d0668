package demo

import "loket/models"

// scene is one case of the demo: who sends what for whom, how far it is taken, and who takes it there.
type scene struct {
	key     string
	sender  string // NIP, as all people here
	kind    models.MemoKind
	unit    string // the sending unit
	below   string // the rows are idle staff of this unit and what lies below it
	rows    int
	subject string
	body    string

	target    models.Status
	approver  string
	reason    string // of a refusal, a return or a withdrawal
	notes     []models.FieldNote
	decided   int  // rows that an officer decides; 0 means all
	activated int  // people who set their password
	past      bool // played on a clock that ran through the last two weeks
}

// plot is the demo's cases in the order in which they are played. Texts are those of an Indonesian office.
func plot() []scene {
	return []scene{
		{key: "draft", sender: headOfPlanning2, kind: models.MemoSSOActivation, unit: "KEM.1.2", below: "KEM.1.2", rows: 4, target: models.StatusDraft,
			subject: "Permohonan akun pegawai Direktorat Perencanaan 2", body: "Mohon dibuatkan akun bagi pegawai terlampir. Daftar masih dilengkapi."},
		{key: "approval", sender: headOfPlanning2, kind: models.MemoSSOActivation, unit: "KEM.1.2", below: "KEM.1.2", rows: 5, target: models.StatusApproval,
			subject: "Aktivasi akun pegawai baru", body: "Dengan hormat kami mohonkan akun dan alamat surel dinas bagi pegawai terlampir, yang mulai bertugas bulan ini."},
		{key: "acting", sender: headOfPlanning2, kind: models.MemoFlexiwork, unit: "KEM.1.2", below: "KEM.1.2.1", rows: 3, target: models.StatusApproval,
			subject: "Akses kerja fleksibel Subdirektorat Perencanaan 2.1", body: "Mohon akses kerja fleksibel bagi pegawai terlampir untuk penyusunan rencana tahun depan."},
		{key: "expired", sender: headOfTreasury, kind: models.MemoFlexiwork, unit: "KEM.3", below: "KEM.3", rows: 2, target: models.StatusExpired, past: true,
			subject: "Akses kerja fleksibel Perbendaharaan", body: "Mohon akses kerja fleksibel bagi pegawai terlampir."},
		{key: "refused", sender: headOfCustoms1, kind: models.MemoSSOActivation, unit: "KEM.2.1", below: "KEM.2.1", rows: 3, target: models.StatusRefused, approver: headOfCustoms,
			reason:  "Pegawai pada daftar akan dimutasi bulan depan; mohon diajukan oleh unit yang baru.",
			subject: "Akun pegawai Direktorat Kepabeanan 1", body: "Mohon dibuatkan akun bagi pegawai terlampir."},
		{key: "withdrawn", sender: headOfCustoms1, kind: models.MemoFlexiwork, unit: "KEM.2.1", below: "KEM.2.1", rows: 2, target: models.StatusWithdrawn,
			reason:  "Daftar keliru; nota dinas baru akan menyusul.",
			subject: "Akses kerja fleksibel Kepabeanan 1", body: "Mohon akses kerja fleksibel bagi pegawai terlampir."},
		{key: "done", sender: ppkOfPlanning, kind: models.MemoFlexiwork, unit: "KEM.1", below: "KEM.1.1", rows: 2, target: models.StatusDone, approver: headOfPlanning, activated: 2,
			subject: "Akses kerja fleksibel Direktorat Perencanaan 1", body: "Mohon akses kerja fleksibel bagi pegawai terlampir, yang bertugas di luar kantor sampai akhir tahun."},
		{key: "verification", sender: headOfHR, kind: models.MemoSSOActivation, unit: "KEM.5", below: "KEM.5.2", rows: 8, target: models.StatusVerification, approver: minister,
			subject: "Akun pegawai Direktorat Sumber Daya Manusia 2", body: "Mohon dibuatkan akun dan alamat surel dinas bagi pegawai terlampir."},
		{key: "partly", sender: hrHead, kind: models.MemoSSOActivation, unit: "KEM.5", below: "KEM.5", rows: 9, target: models.StatusVerification, approver: headOfHR, decided: 4,
			subject: "Akun peserta pelatihan kepegawaian", body: "Mohon dibuatkan akun bagi peserta pelatihan terlampir sebelum pelatihan dimulai."},
		{key: "activation", sender: headOfPlanning2, kind: models.MemoSSOActivation, unit: "KEM.1.2", below: "KEM.1.2.3", rows: 3, target: models.StatusActivation, approver: headOfPlanning, activated: 1,
			subject: "Akun pegawai Subdirektorat Perencanaan 2.3", body: "Mohon dibuatkan akun bagi pegawai terlampir."},
		{key: "returned", sender: headOfPlanning2, kind: models.MemoFlexiwork, unit: "KEM.1.2", below: "KEM.1.2", rows: 3, target: models.StatusReturned, approver: headOfPlanning,
			reason:  "Perihal terlalu umum, dan seorang pegawai akan cuti panjang.",
			notes:   []models.FieldNote{{Field: "subject", Note: "Sebutkan kegiatannya."}, {Field: "rows[1]", Note: "Pegawai ini cuti sampai akhir tahun; masih perlukah?"}},
			subject: "Akses kerja fleksibel", body: "Mohon akses kerja fleksibel bagi pegawai terlampir."},
	}
}
