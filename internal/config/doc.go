// Package config owns the settings of a Loket installation: their names, their defaults, what each is for, and what
// is wrong with the values given. It is the one place that reads the environment, once, at the composition root;
// everything else is handed the values it needs.
//
// It opens nothing but secret files and leaves connecting, and the faults only connecting can show, to those who
// connect.
package config
