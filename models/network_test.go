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

func TestLoopbackHost(t *testing.T) {
	for _, here := range []string{"localhost", "LOCALHOST", "loket.localhost", "127.0.0.1", "127.8.8.8", "::1"} {
		require.True(t, LoopbackHost(here), here)
	}
	for _, elsewhere := range []string{"", "localhost.kem.example", "evil-localhost", "192.168.1.7", "0.0.0.0", "::"} {
		require.False(t, LoopbackHost(elsewhere), elsewhere)
	}
}
