package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"loket/models"
)

func TestParseDirectoryAttributes(t *testing.T) {
	const whole = "username=uid,id=employeeNumber,name=cn,surname=sn,email=mail,kind=employeeType"
	a, err := models.ParseDirectoryAttributes("username=cn, id=description,name=displayName,surname=sn")
	require.NoError(t, err)
	require.Equal(t, models.DirectoryAttributes{Username: "cn", ID: "description", Name: "displayName", Surname: "sn"}, a)
	for text, says := range map[string]string{
		"": "nothing that an account has", "username=uid": "are needed", "username=uid,id=employeeNumber": "name and surname are needed",
		"nip=employeeNumber," + whole: "nothing that an account has", "username=u id,id=a,name=b,surname=c": "the name of no attribute",
		whole + ",name=x": "named twice", "username=uid,id=UID,name=cn,surname=sn": "named twice",
	} {
		_, err := models.ParseDirectoryAttributes(text)
		require.ErrorContains(t, err, says, text)
	}
}
