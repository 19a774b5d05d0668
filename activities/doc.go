// Package activities touches the world for workflows: it records what happened, makes accounts, counts open links.
// Every activity may run twice and decides nothing. It reaches databases and other systems through small ports that
// internal packages satisfy, so that workflows can name an activity without linking what stands behind it.
package activities
