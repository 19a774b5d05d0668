// Package filestest makes the small PDF files that tests upload: whole ones, and ones that must be refused. It owns no
// rule about them.
package filestest

import (
	"bytes"
	"fmt"
)

// PDF is a whole file of one page that says the text, which should be plain letters. Different texts make different
// files.
func PDF(text string) []byte {
	page := "BT /F1 14 Tf 60 780 Td (" + text + ") Tj ET"
	return Build("<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(page), page),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
}

// Build numbers objects from 1 and writes them with their table; the first is the catalogue.
func Build(objects ...string) []byte { return BuildWith("", objects...) }

// BuildWith is Build with more in the trailer.
func BuildWith(trailer string, objects ...string) []byte {
	var out bytes.Buffer
	out.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	table := "0000000000 65535 f \n"
	for i, o := range objects {
		table += fmt.Sprintf("%010d 00000 n \n", out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	at := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n%strailer\n<< /Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table, len(objects)+1, trailer, at)
	return out.Bytes()
}
