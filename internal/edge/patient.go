package edge

import "net/http"

// Patient writes a long answer: each piece has a write deadline of its own, so that a slow reader may take as long as
// they keep reading. A writer without deadlines, as in tests, has nothing to move.
func Patient(w http.ResponseWriter) PatientWriter { return PatientWriter{w} }

// PatientWriter is what Patient gives.
type PatientWriter struct{ w http.ResponseWriter }

// Write writes one piece.
func (p PatientWriter) Write(b []byte) (int, error) {
	_ = BeforeEvent(p.w)
	return p.w.Write(b)
}
