package api

import (
	"context"
	"net/http"

	"loket/internal/edge"
	"loket/internal/files"
	"loket/models"
)

// LetterID names a memo's letter in the path.
type LetterID struct {
	MemoID
	Kind models.LetterKind `path:"kind" enum:"memo,approval,results" doc:"The memo as it was sent, its approval sheet, or the list of its results."`
}

type letterOutput struct {
	ContentType string `header:"Content-Type" hidden:"true"`
	Disposition string `header:"Content-Disposition" doc:"The file's name." example:"attachment; filename=\"nota-dinas-ND-14-KEM.1.2-2026.pdf\""`
	Link        string `header:"Link" doc:"The public page on which anybody can check the letter, as rel=\"describedby\"." example:"<https://loket.example/verify/3f2a91bc77de0a12c45d68e1900b7af6>; rel=\"describedby\""`
	ETag        string `header:"ETag" doc:"The SHA-256 of the file, which its verification names too."`
	Body        []byte
}

// VerificationID names a letter by the code that stands on it.
type VerificationID struct {
	ID string `path:"id" maxLength:"64" example:"3f2a91bc77de0a12c45d68e1900b7af6" doc:"The letter's code: 32 hexadecimal digits; blanks and dashes between them do not count."`
}

type verificationOutput struct{ Body models.LetterVerification }

func (s *service) letterOperations() {
	register(s, operation{id: "get-letter", method: http.MethodGet, path: "/memos/{id}/letters/{kind}", tag: tagLetters, summary: "Open a letter",
		access: edge.SignedIn(), scope: models.ScopeRead, file: files.PDF, refusals: []*models.Problem{models.ErrNotNow},
		text: "In Indonesian. The memo's `letters` say which there are: the memo once it is sent, the approval sheet once a head has decided, " +
			"the list of results once the officers have. A letter is made when first asked for and stays the same bytes, until something happens that it tells of. " +
			"Who is merely listed in a memo opens its approval sheet alone."}, s.letter)
	register(s, operation{id: "verify-letter", method: http.MethodGet, path: "/verifications/{id}", tag: tagLetters, summary: "Check a letter",
		access: edge.Public(), rate: edge.RateLookup,
		text: "For whoever holds the paper, without signing in: what was issued under the code, and whether it still holds. " +
			"Compare `sha256` with the digest of a file. The number of a memo opens nothing here. Sixty a minute and address."}, s.verifyLetter)
}

func (s *service) letter(ctx context.Context, in *LetterID) (*letterOutput, error) {
	l, err := s.desk.Letter(ctx, actorIn(ctx), in.ID, in.Kind)
	return &letterOutput{ContentType: files.PDF, Disposition: `attachment; filename="` + l.Name + `"`, Link: "<" + l.VerifyURL + `>; rel="describedby"`,
		ETag: `"` + l.SHA256 + `"`, Body: l.Body}, err
}

func (s *service) verifyLetter(ctx context.Context, in *VerificationID) (*verificationOutput, error) {
	v, err := s.desk.VerifyLetter(ctx, in.ID)
	return &verificationOutput{v}, err
}
