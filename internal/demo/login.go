package demo

import "loket/internal/demo/relying"

// The sign-in of the demo's application that has its own login, for whoever tries out linking. CompanyNPWP is one of the
// demo's companies, which the application knows.
const (
	LoginApp      = "rekomendasi"
	LoginUser     = "usr_pangan"
	LoginPassword = "Nanas*Segar*2026"
	CompanyNPWP   = "012345678091000"
)

// Login makes the user table of that application. Everybody in it is invented.
func Login() (*relying.Users, error) {
	food := relying.Directorate{Code: "PANGAN", Name: "Direktorat Sertifikasi Pangan"}
	drugs := relying.Directorate{Code: "OBAT", Name: "Direktorat Sertifikasi Obat"}
	toiletries := relying.Directorate{Code: "KOSMETIK", Name: "Direktorat Sertifikasi Kosmetik"}
	users, err := relying.NewUsers([]relying.User{
		{ID: "P-0001", Username: LoginUser, Name: "Pengguna Pangan", Password: LoginPassword, Directorates: []relying.Directorate{food, drugs}},
		{ID: "P-0002", Username: "usr_obat", Name: "Pengguna Obat", Password: LoginPassword, Directorates: []relying.Directorate{drugs}},
		{ID: "P-0003", Username: "usr_terkunci", Name: "Pengguna Terkunci", Password: LoginPassword, Locked: true},
	})
	if err != nil {
		return nil, err
	}
	users.Companies = map[string][]relying.Directorate{CompanyNPWP: {food, drugs, toiletries}}
	return users, nil
}
