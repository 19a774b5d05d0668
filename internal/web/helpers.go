package web

import (
	"errors"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"loket/internal/i18n"
	"loket/models"
)

// helpers are what templates may call. They are bound to one language, so that a part needs no language handed down.
func helpers(words *i18n.Catalog, p i18n.Printer, assets *Assets) template.FuncMap {
	return template.FuncMap{
		"t":        p.T,
		"n":        p.N,
		"number":   p.Number,
		"lang":     p.Lang,
		"asset":    assets.URL,
		"dict":     dict,
		"list":     func(items ...any) []any { return items },
		"add":      func(a, b int) int { return a + b },
		"initial":  initial,
		"of":       of,
		"verdicts": func(chosen string) []option { return verdicts(p, chosen) },
		"maskNIK":  models.MaskNIK,
		"npwp":     models.FormatNPWP,
		"formDate": formDate,
		"at":       models.CasePath,
		"kb":       func(n int64) string { return p.Number(int((n + 1023) / 1024)) },
		"join":     strings.Join,
		"lastDay":  func(t *time.Time) string { return timed(lastDay(t), p.Date) },
		"day":      func(t any) string { return timed(t, p.Date) },
		"moment":   func(t any) string { return timed(t, p.DateTime) },
		"iso":      func(t any) string { return timed(t, func(t time.Time) string { return t.Format(time.RFC3339) }) },
		"civil":    func(s string) string { return civil(p, s) },
		"leads": func(lines []faultLine) bool {
			return slices.ContainsFunc(lines, func(l faultLine) bool { return l.Do != "" })
		},
		"chip":     func(w models.WorkItemView) chip { return dueChip(p, w) },
		"count":    count,
		"took":     func(minutes int) string { return took(p, minutes) },
		"share":    func(n, of int) string { return share(p, n, of) },
		"field":    func(field string) string { return fieldLabel(words, p, field) },
		"noted":    noted,
		"since":    since,
		"may":      func(m models.MemoView, act string) bool { return slices.Contains(m.Actions, models.Action(act)) },
		"compared": func(c models.FieldChange) comparedChange { return compared(words, p, c) },
		"stem":     func(s string) string { stem, _, _ := strings.Cut(s, ":"); return stem },
		"first":    func(list []models.FieldChange) []models.FieldChange { return list[:min(len(list), mostChanges)] },
		"jump":     jump,
		"fault":    func(f models.FieldFault) string { return faultText(words, p, f) },
		"word":     func(prefix string, code any) string { return word(words, p, prefix, fmt.Sprint(code)) },
	}
}

// dict makes the arguments of a part: key, value pairs.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, errors.New("dict takes key, value pairs")
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict key %v is no string", pairs[i])
		}
		m[key] = pairs[i+1]
	}
	return m, nil
}

// initial gives the letters of a name's first and last word, for the round beside it.
func initial(name string) string {
	parts := strings.Fields(name)
	if len(parts) == 0 {
		return "?"
	}
	first, _ := utf8.DecodeRuneInString(parts[0])
	if len(parts) == 1 {
		return strings.ToUpper(string(first))
	}
	last, _ := utf8.DecodeRuneInString(parts[len(parts)-1])
	return strings.ToUpper(string(first) + string(last))
}

// tone colours what is left of a deadline, in business minutes; the words beside it say the same.
func tone(minutes int) string {
	switch {
	case minutes < 0:
		return "late"
	case minutes <= models.EscalationRemind:
		return "soon"
	}
	return ""
}

// verdicts are an officer's two answers on rows.
func verdicts(p i18n.Printer, chosen string) []option {
	var options []option
	for _, s := range []models.RowState{models.RowAccepted, models.RowRejected} {
		options = append(options, option{Value: string(s), Text: p.T("portal.verdict." + string(s)), On: chosen == string(s)})
	}
	return options
}

// timed writes a time or a pointer to one; nothing for none.
func timed(t any, write func(time.Time) string) string {
	switch t := t.(type) {
	case time.Time:
		if !t.IsZero() {
			return write(t)
		}
	case *time.Time:
		if t != nil {
			return write(*t)
		}
	}
	return ""
}

// civil writes a stored day (YYYY-MM-DD) for reading; what is no day stays as it was typed.
func civil(p i18n.Printer, s string) string {
	d, err := models.ParseDate(s)
	if err != nil {
		return s
	}
	return p.In(time.UTC).Date(d.At(time.UTC))
}

// formDate writes a stored day as forms take it, dd-mm-yyyy; what is no day stays as it was typed.
func formDate(s string) string {
	d, err := models.ParseDate(s)
	if err != nil {
		return s
	}
	return d.FormString()
}

// storedDate turns what a form gave (dd-mm-yyyy, with any of the usual separators) into YYYY-MM-DD; what is no day stays
// as typed, for the rules to refuse.
func storedDate(s string) string {
	s = strings.TrimSpace(s)
	d, err := models.ParseFormDate(dashed(s))
	if err != nil {
		return s
	}
	return d.String()
}

// dashed writes a day's separators as forms do.
func dashed(s string) string { return strings.NewReplacer("/", "-", ".", "-", " ", "-").Replace(s) }

// word translates a code that comes from data, such as a status; one without a word is shown as it is.
func word(words *i18n.Catalog, p i18n.Printer, prefix, code string) string {
	if key := prefix + "." + code; words.Has(key) {
		return p.T(key)
	}
	return code
}

func faultText(words *i18n.Catalog, p i18n.Printer, f models.FieldFault) string {
	if key := "fault." + f.Code; words.Has(key) {
		args := map[string]string{}
		for _, name := range words.Fields(key) {
			args[name] = ""
		}
		for name, value := range f.Params {
			args[name] = value
		}
		return p.T(key, args)
	}
	return p.T("portal.fault.other")
}
