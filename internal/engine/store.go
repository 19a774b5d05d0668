//go:build !slim

package engine

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/server/common/config"
	"go.temporal.io/server/schema/sqlite"
	"google.golang.org/protobuf/types/known/durationpb"
)

// The engine's own table beside the server's. The number of history shards is
// chosen once, when a store is made: work of a shard that a later start does not
// know would never be done.
const (
	createRecord = `create table loket_engine (
	one integer primary key check (one = 1),
	shards integer not null check (shards > 0),
	schema_version varchar(32) not null)`
	readRecord = `select shards, schema_version from loket_engine where one = 1`
)

// store is where the server keeps its data, prepared and reserved for us.
type store struct {
	main, visibility *config.SQL
	shards           int32
	release          func() error
}

func openStore(ctx context.Context, cfg EmbeddedConfig, f *fault) (*store, error) {
	if cfg.PostgresURL != "" {
		return openPostgres(ctx, cfg, f)
	}
	return openSQLite(ctx, cfg)
}

// createNamespace writes the namespace into the store before the server starts,
// attributes included, which spares the seconds until the server's caches learn
// of one made through its interface. An existing one is left as it is.
func (s *store) createNamespace(cfg EmbeddedConfig) error {
	namespace, err := sqlite.NewNamespaceConfig(clusterName, cfg.Namespace, false, searchAttributes())
	if err != nil {
		return fmt.Errorf("describing the namespace %s: %w", cfg.Namespace, err)
	}
	namespace.Detail.Config.Retention = durationpb.New(cfg.Retention.Truncate(time.Second))
	if err := sqlite.CreateNamespaces(s.main, namespace); err != nil {
		return fmt.Errorf("creating the namespace %s: %w", cfg.Namespace, err)
	}
	return nil
}
