package pdf_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/internal/i18n"
	"loket/internal/pdf"
	"loket/models"
)

func jakarta() *time.Location { return time.FixedZone("WIB", 7*3600) }

func printer(t testing.TB, lang string) i18n.Printer {
	t.Helper()
	c, err := i18n.New()
	require.NoError(t, err)
	return c.For(lang).In(jakarta())
}

func samplePaper(t testing.TB, lang string) pdf.Paper {
	return pdf.Paper{
		Printer: printer(t, lang),
		Letterhead: pdf.Letterhead{
			Agency:  "Kementerian Contoh",
			Unit:    "Direktorat Jenderal Perencanaan",
			Address: "Jalan Contoh Raya Nomor 1, Jakarta 10110",
			Contact: "Telepon (021) 555 0100 · tatausaha@kem.example",
		},
		Verification: pdf.Verification{
			ID:  [16]byte{0x3f, 0x2a, 0x91, 0xbc, 0x77, 0xde, 0x0a, 0x12, 0xc4, 0x5d, 0x68, 0xe1, 0x90, 0x0b, 0x7a, 0xf6},
			URL: "https://loket.kem.example/verify/3f2a91bc77de0a12c45d68e1900b7af6",
		},
		Issued: time.Date(2026, 11, 22, 14, 5, 0, 0, jakarta()),
	}
}

func sampleHeading() pdf.Heading {
	return pdf.Heading{
		Number: "ND-12/KEM.1/2026", CaseNumber: "LKT-2026-000123", Kind: models.MemoFlexiwork,
		Date: models.Date{Year: 2026, Month: 11, Day: 20}, Addressee: "Kepala Biro Sumber Daya Manusia",
		From: "Direktur Jenderal Perencanaan", Subject: "Permohonan akses Flexiwork bagi pegawai Direktorat Jenderal Perencanaan",
	}
}

func sampleActs() []pdf.Act {
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 17, 0, 0, jakarta()) }
	siti := pdf.Person{Name: "Siti Rahmawati", Number: "199203142015022001", Office: "Plh. Direktur Jenderal Perencanaan"}
	return []pdf.Act{
		{Verb: models.EventSent, At: at(20, 9), By: pdf.Person{Name: "Ni Luh Ayu Kusumawardhani", Number: "198808172010012003", Office: "Kepala Subdirektorat Data"}},
		{
			Verb: models.EventApproved, Stage: models.StageHead, At: at(20, 15), By: siti,
			For: &pdf.Person{Name: "Budi Santoso", Office: "Direktur Jenderal Perencanaan"}, Note: "Mohon didahulukan pegawai yang bertugas di daerah.",
		},
		{
			Verb: models.EventVerified, Stage: models.StageOfficer, At: at(22, 14),
			By: pdf.Person{Name: "Çağla Wijaya", Number: "199511022020122004", Office: "Petugas verifikasi"}, Note: "3 baris ditolak karena NIP tidak cocok.",
		},
	}
}

// sampleRows are n people; each number is in no other row.
func sampleRows(n int) []pdf.Row {
	names := []string{"Made Surya Adi Wijaya", "Dewi Yusuf Saputra", "José Ximenes da Conceição", "Raden Ajeng Kusumaningtyas Prawirodiningrat Notonegoro", "Oka"}
	states := []models.RowState{models.RowActivated, models.RowActivated, models.RowProvisioned, models.RowRejected, models.RowLapsed}
	rows := make([]pdf.Row, n)
	for i := range rows {
		rows[i] = pdf.Row{
			No: i + 1, Name: names[i%5], Number: fmt.Sprintf("19900101201501%04d", i+1), Unit: fmt.Sprintf("KEM.%d.%d.2", 1+i%6, 1+i%3),
			Position: "Analis Kebijakan Ahli Muda", Email: fmt.Sprintf("pegawai%d@mail.example", i+1), State: states[i%5],
			Username: fmt.Sprintf("pegawai.ke%d", i+1),
		}
		if states[i%5] == models.RowRejected {
			rows[i].Username, rows[i].Reason = "", "NIP tidak cocok dengan nama di data kepegawaian"
		}
		if i%7 == 3 {
			rows[i].From, rows[i].Until = models.Date{Year: 2026, Month: 1, Day: 1}, models.Date{Year: 2026, Month: 12, Day: 31}
		}
	}
	return rows
}

func sampleMemo(t testing.TB, lang string, rows int) pdf.MemoLetter {
	return pdf.MemoLetter{
		Paper: samplePaper(t, lang), Heading: sampleHeading(), Reference: "ND-7/KEM.1/2026",
		Body: "Dengan hormat,\n\nSehubungan dengan pelaksanaan kerja fleksibel di lingkungan Direktorat Jenderal Perencanaan, bersama ini kami mohon dapat diberikan " +
			"akses Flexiwork kepada pegawai sebagaimana tercantum dalam lampiran.\n\nSeluruh pegawai tersebut telah menandatangani pernyataan tanggung jawab, " +
			"dan kebenaran datanya menjadi tanggung jawab kami.\n\nAtas perhatian dan kerja sama Saudara, kami ucapkan terima kasih.",
		Contact: "Ketut Lestari, tatausaha@kem.example", Copies: []string{"Sekretaris Jenderal", "Inspektur Jenderal"},
		Attachments: []string{"SPTJM Ditjen Perencanaan.pdf"}, Rows: sampleRows(rows), Sent: sampleActs()[0],
	}
}

func sampleApproval(t testing.TB, lang string) pdf.ApprovalLetter {
	acts := sampleActs()
	return pdf.ApprovalLetter{
		Paper: samplePaper(t, lang), Heading: sampleHeading(), Round: 2, Outcome: models.OutcomePartly,
		Rows: models.RowCounts{Total: 40, Accepted: 37, Rejected: 3}, Acts: acts, Signed: &acts[2], Content: sha256.Sum256([]byte("memo")),
	}
}

func sampleResults(t testing.TB, lang string, rows int) pdf.ResultsLetter {
	return pdf.ResultsLetter{
		Paper: samplePaper(t, lang), Heading: sampleHeading(), Outcome: models.OutcomePartly,
		Counts: models.RowCounts{Total: rows, Activated: rows * 2 / 5, Provisioned: rows / 5, Rejected: rows / 5, Lapsed: rows / 5}, Rows: sampleRows(rows),
	}
}

// bytesOf runs a letter and gives its file.
func bytesOf[T any](t testing.TB, write func(io.Writer, T) error, in T) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, write(&out, in))
	return out.Bytes()
}

// poppler runs one of poppler's tools over a letter.
func poppler(t testing.TB, file []byte, tool string, args ...string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "letter.pdf")
	require.NoError(t, os.WriteFile(name, file, 0o600))
	for i, arg := range args {
		if arg == "FILE" {
			args[i] = name
		}
	}
	out, err := exec.Command(tool, args...).CombinedOutput()
	require.NoErrorf(t, err, "%s: %s", tool, out)
	return string(out)
}
