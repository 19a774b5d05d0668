package desk

import (
	"testing"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestOneActor(t *testing.T) {
	bayu := models.AccountFound{ID: "a1", Username: "bayu.yanti", Name: "Bayu Yanti"}
	other := models.AccountFound{ID: "a2", Username: "bayu.yanti2", Name: "Bayu Yanti"}
	longer := models.AccountFound{ID: "a3", Username: "sri.bayu", Name: "Sri Bayu Yantini"}
	one := func(text string, found ...models.AccountFound) string {
		id, err := oneActor(text, text, found)
		require.NoError(t, err)
		return id
	}
	require.Equal(t, "a1", one("bayu.yanti", bayu, other), "a username is one person's")
	require.Equal(t, "a1", one("bayu YANTI", longer, bayu), "a whole name before part of one")
	require.Equal(t, "a3", one("Yantini", longer))
	require.Equal(t, "nobody", one("nobody"))
	_, err := oneActor("Bayu Yanti", "bayu yanti", []models.AccountFound{bayu, other})
	require.ErrorIs(t, err, models.ErrInvalid)
}
