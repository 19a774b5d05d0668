package api

import (
	"encoding/json"
	"fmt"
)

// samples are bodies for operations whose fields cannot all be given at once: the documentation page would fill in every
// one, and the sample that it offers be refused.
func samples() map[string]string {
	return map[string]string{
		"verify-memo":         `{"all": "accepted"}`,
		"decide-registration": `{"action": "return", "reason": "The power of attorney is not signed.", "notes": [{"field": "papers", "note": "Page 2 is missing."}]}`,
		"register-application": `{"id": "jadwal", "name": "Jadwal Rapat", "about": "Rooms and meetings.", "provider": "Kementerian Contoh", "icon": "calendar", "kind": "confidential",
			"access": "employees", "enabled": true, "launch": "https://jadwal.kem.example/", "redirect_uris": ["https://jadwal.kem.example/callback"]}`,
	}
}

// sample puts the samples into the document. One that is no JSON, or of no operation, is a defect and stops the start.
func (s *service) sample() {
	bodies := samples()
	for _, item := range s.huma.OpenAPI().Paths {
		op := item.Post
		if op == nil || bodies[op.OperationID] == "" {
			continue
		}
		var body any
		if err := json.Unmarshal([]byte(bodies[op.OperationID]), &body); err != nil {
			panic(fmt.Errorf("read the sample of %s: %w", op.OperationID, err))
		}
		op.RequestBody.Content["application/json"].Example = body
		delete(bodies, op.OperationID)
	}
	if len(bodies) > 0 {
		panic(fmt.Errorf("samples of no operation: %v", bodies))
	}
}
