// Package files owns the content that people upload: what of it is let in (a PDF that is nothing else besides, bears no
// script and no further file, and is not locked), the name it is shown by, and where its bytes lie (a folder or an S3
// bucket), each content once, by its SHA-256. Which file belongs to what, and who may read it, is left to models, desk
// and store.
package files
