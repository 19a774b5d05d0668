// Package sheet reads and writes tables: CSV, XLSX, and rows pasted out of a spreadsheet. It owns the bounds within
// which a stranger's file is read, the matching of its header, and the quoting that keeps a cell from running as a
// formula. What the cells mean, and whether they are right, is left to models.
//
// XLSX is read here cell by cell instead of by a library: a library fills the grid up to the farthest cell that a file
// names, and forgets whether a number was typed as text, without which a long number loses its last digits unseen.
package sheet
