package models

import (
	"net/netip"
	"strings"
)

// Network is what counts as one address where tries are counted: of IPv6 a customer has a whole /64, and an IPv4
// address counts alike however it is written. What is no address counts as itself.
func Network(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	if addr = addr.Unmap(); addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.String()
		}
	}
	return addr.String()
}

// LoopbackHost tells whether a host name, without its port, is this machine alone: localhost, any name below it (RFC 6761),
// or a loopback address.
func LoopbackHost(host string) bool {
	host = strings.ToLower(host)
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}
