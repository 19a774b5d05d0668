package bench

import (
	"context"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// script is a request's statements, trip by trip, with arguments to be put in anew.
type script [][]line

type line struct {
	sql  string
	args []any
}

// read turns what the tap heard into values that pgx takes.
func read(ctx context.Context, conn *pgx.Conn, trips []trip) (script, error) {
	var s script
	for _, t := range trips {
		var lines []line
		for _, one := range t {
			args, err := values(ctx, conn, one)
			if err != nil {
				return nil, err
			}
			lines = append(lines, line{one.sql, args})
		}
		s = append(s, lines)
	}
	return s, nil
}

// values decodes a statement's arguments by the types that the server gives them.
func values(ctx context.Context, conn *pgx.Conn, s statement) ([]any, error) {
	known, err := conn.Prepare(ctx, s.sql, s.sql)
	if err != nil {
		return nil, fmt.Errorf("prepare what was heard: %w", err)
	}
	args := make([]any, len(s.args))
	for i, raw := range s.args {
		if raw == nil {
			continue
		}
		format := int16(0)
		switch len(s.formats) {
		case 0:
		case 1:
			format = s.formats[0]
		default:
			format = s.formats[i]
		}
		kind, ok := conn.TypeMap().TypeForOID(known.ParamOIDs[i])
		if !ok {
			return nil, fmt.Errorf("argument %d of %.60q is of an unknown type", i+1, s.sql)
		}
		if args[i], err = kind.Codec.DecodeValue(conn.TypeMap(), known.ParamOIDs[i], format, raw); err != nil {
			return nil, fmt.Errorf("read argument %d of %.60q: %w", i+1, s.sql, err)
		}
	}
	return args, nil
}

// with puts other words in the place of the recorded ones.
func (l line) with(words map[string]string) []any {
	args := make([]any, len(l.args))
	for i, a := range l.args {
		args[i] = a
		if text, ok := a.(string); ok {
			if other, known := words[text]; known {
				args[i] = other
			}
		}
	}
	return args
}

// play runs the script and gives every row that it answers.
func (s script) play(ctx context.Context, db *pgxpool.Pool, words map[string]string) ([][][]any, error) {
	conn, err := db.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Release()
	var all [][][]any
	for _, lines := range s {
		if len(lines) == 1 {
			rows, err := conn.Query(ctx, lines[0].sql, lines[0].with(words)...)
			if err != nil {
				return nil, err
			}
			answer, err := pgx.CollectRows(rows, inOrder)
			if err != nil {
				return nil, err
			}
			all = append(all, answer)
			continue
		}
		answers, err := together(ctx, conn.Conn(), lines, words)
		if err != nil {
			return nil, err
		}
		all = append(all, answers...)
	}
	return all, nil
}

func together(ctx context.Context, conn *pgx.Conn, lines []line, words map[string]string) ([][][]any, error) {
	var batch pgx.Batch
	for _, l := range lines {
		batch.Queue(l.sql, l.with(words)...)
	}
	results := conn.SendBatch(ctx, &batch)
	var all [][][]any
	for range lines {
		rows, err := results.Query()
		if err != nil {
			_ = results.Close()
			return nil, err
		}
		answer, err := pgx.CollectRows(rows, inOrder)
		if err != nil {
			_ = results.Close()
			return nil, err
		}
		all = append(all, answer)
	}
	return all, results.Close()
}

func inOrder(row pgx.CollectableRow) ([]any, error) { return row.Values() }

// bareCounter serves a script behind a plain Gin route: the same statements, the same rows as JSON, and nothing else.
func bareCounter(db *pgxpool.Pool, pick func(*gin.Context) (script, map[string]string)) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.GET("/api/v1/memos/:id", func(c *gin.Context) {
		s, words := pick(c)
		rows, err := s.play(c.Request.Context(), db, words)
		if err != nil {
			c.JSON(http.StatusInternalServerError, gin.H{"error": err.Error()})
			return
		}
		c.JSON(http.StatusOK, gin.H{"rows": rows})
	})
	return engine
}
