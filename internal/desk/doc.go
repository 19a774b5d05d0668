// Package desk is the one application behind two counters. It decides whether this person may ask this of this case,
// talks with the engine, and reads the projection. It owns authorisation, starting, updating and the mapping of
// engine errors to problems. It leaves order and waiting to workflows, rules to models, SQL to internal/store, and
// HTTP to api and internal/web.
package desk
