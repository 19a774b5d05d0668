package models

import (
	"strconv"
	"strings"
	"time"
)

// AttachmentKind says what an attached file is to a memo.
type AttachmentKind string

// The attachment kinds; PRODUCT 3.1.1.
const (
	AttachmentSPTJM AttachmentKind = "sptjm"           // the sender's statement of absolute responsibility
	AttachmentForm  AttachmentKind = "activation_form" // the form for activating official e-mail
	AttachmentOther AttachmentKind = "other"
)

// AttachmentKinds lists the kinds in the order in which a form offers them.
func AttachmentKinds() []AttachmentKind {
	return []AttachmentKind{AttachmentSPTJM, AttachmentForm, AttachmentOther}
}

// RequiredAttachment is what a memo of the kind cannot be sent without; "" for a kind that needs none.
func RequiredAttachment(k MemoKind) AttachmentKind {
	switch k {
	case MemoFlexiwork:
		return AttachmentSPTJM
	case MemoSSOActivation:
		return AttachmentForm
	}
	return ""
}

// AttachmentKindsOf lists what may be attached to a memo of the kind, the required one first.
func AttachmentKindsOf(k MemoKind) []AttachmentKind {
	if required := RequiredAttachment(k); required != "" {
		return []AttachmentKind{required, AttachmentOther}
	}
	return []AttachmentKind{AttachmentOther}
}

// Bounds of attachments: so many to a memo, so many bytes each (QUALITY 3 'files'), and how long a name may be.
const (
	MaxAttachments     = 5
	MaxAttachmentBytes = 5 << 20
	MaxFileName        = 120
)

// StagedLife is how long a file that belongs to nothing is kept, in wall time.
const StagedLife = 24 * time.Hour

// Attachment is one file of a memo. Name is the uploader's, cleaned, for showing alone; the content is known by its
// SHA-256 in small hexadecimal letters. Position counts from 1 in the order in which files were attached.
type Attachment struct {
	ID       string         `json:"id"`
	Position int            `json:"position"`
	Kind     AttachmentKind `json:"kind"`
	Name     string         `json:"name"`
	Size     int64          `json:"size"`
	Type     string         `json:"type"`
	SHA256   string         `json:"sha256"`
}

// CheckAttachmentKind refuses a kind that does not go with the memo's.
func CheckAttachmentKind(memo MemoKind, k AttachmentKind) []FieldFault {
	for _, known := range AttachmentKindsOf(memo) {
		if k == known {
			return nil
		}
	}
	return []FieldFault{Fault("kind", "choice_unknown")}
}

// CheckAttachments finds what keeps a memo with these files from being sent: the one that its kind asks for is missing,
// or there are more than MaxAttachments.
func CheckAttachments(memo MemoKind, have []Attachment) []FieldFault {
	if len(have) > MaxAttachments {
		return []FieldFault{Fault("attachments", "attachments_too_many", "max", strconv.Itoa(MaxAttachments))}
	}
	required := RequiredAttachment(memo)
	if required == "" {
		return nil
	}
	for _, a := range have {
		if a.Kind == required {
			return nil
		}
	}
	if required == AttachmentForm {
		return []FieldFault{Fault("attachments", "activation_form_required")}
	}
	return []FieldFault{Fault("attachments", "sptjm_required")}
}

// same tells whether two attachments say the same: a file attached anew with the same content does.
func (a Attachment) same(b Attachment) bool { return a.Kind == b.Kind && a.SHA256 == b.SHA256 }

// fileNames lists the files of one round; where another file bears a name that the other round has too, the beginning
// of its sum tells them apart.
func fileNames(of, other MemoDraft) string {
	var names []string
	for _, a := range of.Attachments {
		name := a.Name
		for _, b := range other.Attachments {
			if a.Name == b.Name && a.SHA256 != b.SHA256 {
				name = a.Name + " (" + a.SHA256[:min(8, len(a.SHA256))] + "…)"
			}
		}
		names = append(names, name)
	}
	return strings.Join(names, "; ")
}
