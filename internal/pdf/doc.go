// Package pdf owns how papers look: the letters of the memo flow (the memo, its approval sheet and the list of its
// results) and the blank forms, on the office's letterhead; each letter with a QR code that leads to the public
// verification page. Letters are pure functions of their input: the same input gives the same bytes, in every process, so that a digest of a letter
// can be compared with one made again. What a letter says is the caller's, words are i18n's; signing, storing and
// serving the bytes are left to others. The files are PDF 1.3 and claim no archival profile.
package pdf
