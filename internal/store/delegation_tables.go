package store

import (
	"time"
)

// delegationRow is what is known of a delegation beside its grant.
type delegationRow struct {
	GrantID  string `gorm:"primaryKey"`
	AgencyID string
	GivenBy  *string
	Created  time.Time
	Ended    *time.Time
	EndedBy  *string
}

// TableName is the table's name.
func (delegationRow) TableName() string { return "delegations" }

type delegationNoticeRow struct {
	NoticeID string `gorm:"primaryKey"`
	AgencyID string
	GrantID  string
}

// TableName is the table's name.
func (delegationNoticeRow) TableName() string { return "delegation_notices" }
