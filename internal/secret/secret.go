// Package secret draws what people read in a message and type: letters and digits that do not look alike. What is only
// followed or pasted, such as a link's token, is its owner's own to draw; keeping a secret is never this package's.
package secret

import (
	"crypto/rand"
	"strings"
)

// alphabet leaves out what is taken for something else: i, l, o, 0 and 1.
const alphabet = "abcdefghjkmnpqrstuvwxyz23456789"

// group is how many letters stand together.
const group = 4

// Letters draws n letters and digits, each as likely as the others: 4.9 bits each.
func Letters(n int) string {
	var text strings.Builder
	for text.Len() < n {
		var b [1]byte
		_, _ = rand.Read(b[:]) // never fails; the runtime ends the process instead
		if int(b[0]) < len(alphabet)*8 {
			text.WriteByte(alphabet[int(b[0])%len(alphabet)])
		}
	}
	return text.String()
}

// Typed draws a secret in groups of four behind a word by which leak scanners know it: Loket-k7mq-x3fp-9wht-2rdn has
// four groups.
func Typed(word string, groups int) string {
	parts := []string{word}
	for range groups {
		parts = append(parts, Letters(group))
	}
	return strings.Join(parts, "-")
}
