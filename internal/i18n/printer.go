package i18n

import (
	"fmt"
	"maps"
	"time"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/message"
)

// Printer writes messages in one language. It is a small value, safe to copy and to use from many goroutines.
type Printer struct {
	catalog   *Catalog
	lang      string
	localizer *goi18n.Localizer
	numbers   *message.Printer
	zone      *time.Location
}

// Lang is the printer's language, "id" or "en".
func (p Printer) Lang() string { return p.lang }

// T writes the message of a key, filled with args: key, value pairs, or one map[string]string or map[string]any.
// An unknown key comes back as it is, and an argument not given is left empty; Catalog.Missing tells of both.
func (p Printer) T(key string, args ...any) string {
	return p.write(key, pairs(args), nil)
}

// N writes the plural form for count; the message shows the count, grouped by thousands, as {{.count}}.
func (p Printer) N(key string, count int, args ...any) string {
	data := pairs(args)
	data[countField] = p.Number(count)
	if !p.catalog.messages[p.lang][key].plural {
		return p.write(key, data, nil)
	}
	return p.write(key, data, count)
}

// Number groups by thousands: 20.000 in Indonesian, 20,000 in English.
func (p Printer) Number(n int) string { return p.numbers.Sprintf("%d", n) }

func (p Printer) write(key string, data map[string]string, count any) string {
	e, ok := p.catalog.messages[p.lang][key]
	if !ok {
		p.catalog.note(key)
		return key
	}
	for _, field := range e.fields {
		if _, given := data[field]; !given {
			p.catalog.note(key + ":" + field)
		}
	}
	text, err := p.localizer.Localize(&goi18n.LocalizeConfig{
		MessageID:      key,
		TemplateData:   data,
		PluralCount:    count,
		TemplateParser: &template.TextParser{Option: "missingkey=zero"},
	})
	if err != nil {
		p.catalog.note(key)
		return key
	}
	return text
}

// pairs reads the arguments of T and N into a map of its own.
func pairs(args []any) map[string]string {
	data := make(map[string]string, len(args)/2+1)
	if len(args) == 1 {
		switch m := args[0].(type) {
		case map[string]string:
			maps.Copy(data, m)
		case map[string]any:
			for key, value := range m {
				data[key] = fmt.Sprint(value)
			}
		}
	}
	for i := 0; i+1 < len(args); i += 2 {
		data[fmt.Sprint(args[i])] = fmt.Sprint(args[i+1])
	}
	return data
}
