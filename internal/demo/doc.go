// Package demo fills an installation that somebody wants to look at: an invented ministry, ready-made sign-ins for each
// role, and open cases in every state. Cases are made as people make them, through the desk, so that what they show is
// what the program does. The package owns the cast, the plot and the start page; who starts servers, and everything
// that the program does without a demo, belongs elsewhere.
package demo
