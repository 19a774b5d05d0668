package models

import "net/netip"

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
