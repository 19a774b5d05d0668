package models

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNetwork(t *testing.T) {
	require.Equal(t, Network("2001:db8:1:2::1"), Network("2001:db8:1:2:ffff::9"), "one customer")
	require.NotEqual(t, Network("2001:db8:1:2::1"), Network("2001:db8:1:3::1"))
	require.Equal(t, "192.0.2.7", Network("::ffff:192.0.2.7"))
	require.Equal(t, "192.0.2.7", Network("192.0.2.7"))
	require.Equal(t, "somewhere", Network("somewhere"))
}
