// Package mailbox is the demo's mail server: it takes messages over real SMTP on loopback, keeps each as one .eml file
// that is on disk before the sender hears 250, and shows them on a small page. It relays nothing and signs nobody in;
// who may open the page is for whoever mounts the handler. Production sends to the agency's own server instead.
package mailbox
