package bench

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/jackc/pgx/v5/pgxpool"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// bareProgram is a plain Gin and Temporal program for memos. people finds who bears a token; door are the statements
// with which the real program finds that out, which are asked here too.
type bareProgram struct {
	db     *pgxpool.Pool
	engine client.Client
	people map[string]int
	door   recorded
	words  func(from, to int) map[string]string
}

func (b *bareProgram) worker() worker.Worker {
	w := worker.New(b.engine, bareQueue, worker.Options{})
	w.RegisterWorkflowWithOptions(bareMemo, workflow.RegisterOptions{Name: bareWorkflow})
	w.RegisterActivity(&bareActivities{b.db})
	return w
}

func (b *bareProgram) handler() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	memos := engine.Group("/api/v1/memos/:id")
	memos.POST("/send", b.step("send"))
	memos.POST("/decision", b.step("decide"))
	memos.POST("/verification", b.step("verify"))
	return engine
}

// step looks the token up, remembers the key, has the workflow take the update, and answers what came of it.
func (b *bareProgram) step(update string) gin.HandlerFunc {
	return func(c *gin.Context) {
		ctx, id, key := c.Request.Context(), c.Param("id"), c.GetHeader("Idempotency-Key")
		who, known := b.people[strings.TrimPrefix(c.GetHeader("Authorization"), "Bearer ")]
		if !known {
			c.JSON(http.StatusUnauthorized, gin.H{"error": "unauthenticated"})
			return
		}
		change, err := b.take(ctx, who, id, update, key)
		if err != nil {
			c.JSON(http.StatusInternalServerError, gin.H{"error": err.Error()})
			return
		}
		c.JSON(http.StatusOK, change)
	}
}

func (b *bareProgram) take(ctx context.Context, who int, id, update, key string) (bareChange, error) {
	var change bareChange
	if _, err := b.door.script.play(ctx, b.db, b.words(b.door.of, who)); err != nil {
		return change, err
	}
	sum := sha256.Sum256([]byte(id + update))
	account := idOf("account", who)
	_, err := b.db.Exec(ctx, `insert into idempotency_keys (agency_id, account_id, route, name, digest, case_id, created) values ($1, $2, $3, $4, $5, $6, $7)
		on conflict do nothing`, agency, account, update, key, hex.EncodeToString(sum[:]), id, time.Now())
	if err != nil {
		return change, err
	}
	options := client.UpdateWorkflowOptions{UpdateID: key, WorkflowID: "bare:" + id, UpdateName: update, Args: []any{account}, WaitForStage: client.WorkflowUpdateStageCompleted}
	handle, err := b.ask(ctx, id, options)
	if err != nil {
		return change, err
	}
	return change, handle.Get(ctx, &change)
}

func (b *bareProgram) ask(ctx context.Context, id string, o client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	if o.UpdateName != "send" {
		return b.engine.UpdateWorkflow(ctx, o)
	}
	start := b.engine.NewWithStartWorkflowOperation(client.StartWorkflowOptions{ID: o.WorkflowID, TaskQueue: bareQueue,
		WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING}, bareWorkflow, id)
	return b.engine.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{StartWorkflowOperation: start, UpdateOptions: o})
}
