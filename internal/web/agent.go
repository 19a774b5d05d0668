package web

import "strings"

// token is a word in a User-Agent and what people call what it stands for.
type token struct{ in, name string }

// browsers are looked for in this order: each calls itself after those below it too.
func browsers() []token {
	return []token{{"Edg/", "Edge"}, {"EdgA/", "Edge"}, {"EdgiOS/", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"},
		{"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}}
}

// systems are looked for in this order: Android is a Linux, and an iPhone speaks of Mac OS X.
func systems() []token {
	return []token{{"Windows", "Windows"}, {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"CrOS", "ChromeOS"},
		{"Mac OS X", "macOS"}, {"Linux", "Linux"}}
}

func firstOf(agent string, marks []token) string {
	for _, m := range marks {
		if strings.Contains(agent, m.in) {
			return m.name
		}
	}
	return ""
}

// agent says in words what a User-Agent stands for: Firefox on Windows. It only helps to tell one's own sessions apart,
// since a browser may claim to be any.
func (v *visit) agent(text string) string {
	browser, system := firstOf(text, browsers()), firstOf(text, systems())
	switch {
	case browser != "" && system != "":
		return v.say.T("portal.agent.on", "browser", browser, "system", system)
	case browser+system != "":
		return browser + system
	}
	return v.say.T("portal.agent.unknown")
}
