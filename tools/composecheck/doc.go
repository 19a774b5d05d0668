// Package composecheck holds the tests of docker-compose.yml and the Dockerfile:
// what runs, from which image, behind which port, after whom, and with which of
// loket's settings. It reads the files with Compose's own loader.
//
// It is a module of its own so that the loader stays out of the main one. It
// starts no container.
package composecheck
