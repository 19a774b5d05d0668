// Package registry imports the agency's registry (units, employees and appointments) and the traders' accounts of an older
// system, from CSV or XLSX files. It owns the order of the work: read everything, check every row, and only then write, all
// of it or nothing. Reading belongs to internal/sheet, the rules to models, SQL to internal/store.
package registry
