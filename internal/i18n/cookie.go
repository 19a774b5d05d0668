package i18n

// LanguageCookie names the language that a browser has chosen, on whatever page.
const LanguageCookie = "loket_language"
