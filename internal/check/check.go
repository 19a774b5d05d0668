package check

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/worker"

	"loket/internal/store"
	"loket/models"
)

// Config is what is to be checked, and how thoroughly.
type Config struct {
	Store  *store.Store
	Engine client.Client
	// Namespace holds the workflows, TaskQueue the workers' tasks.
	Namespace, TaskQueue string
	// Register names the workflows to a replayer, as it does to a worker.
	Register func(worker.WorkflowRegistry)
	Data     converter.DataConverter
	Failures converter.FailureConverter
	Codec    converter.PayloadCodec
	// Files keeps what is attached; nil leaves it aside.
	Files Files
	Clock models.Clock
	Now   func() time.Time
	// Checkpoints is the file of the audit trail's checkpoints.
	Checkpoints string
	// Alone says that the engine runs for this check only: nobody works, and what is under way stays so.
	Alone bool
	// Strict reads the histories of closed workflows too, for as long as the engine keeps them.
	Strict bool
	// Repair brings a projection that has drifted back to its workflow.
	Repair bool
	// Directory says that accounts are carried to a directory, so that none may wait for long.
	Directory bool
	// Canaries are texts planted as secrets, which must be found nowhere.
	Canaries []string
	// Patience is how long a running installation may take to finish what a first look finds under way; 10 s when zero.
	Patience time.Duration
}

const defaultPatience = 10 * time.Second

// lookEvery is the pause between two looks at what is under way.
const lookEvery = 250 * time.Millisecond

// run is one check.
type run struct {
	Config
	results map[string]*Result
	// working tells whether anybody works the cases; meaningless while away is set.
	working bool
	away    error
	open    []string // ids of the open cases, as the walk found them
}

// Run asks every question. What cannot be asked, since the engine or the database is away, is told in the report.
func Run(ctx context.Context, cfg Config) Report {
	if cfg.Patience == 0 {
		cfg.Patience = defaultPatience
	}
	r := &run{Config: cfg, results: map[string]*Result{}}
	report := Report{}
	for _, c := range claims() {
		report.Results = append(report.Results, &Result{ID: c.id, Claim: c.text})
		r.results[c.id] = report.Results[len(report.Results)-1]
	}
	r.findWorkers(ctx)
	for _, c := range claims() {
		if c.engine && r.away != nil {
			r.results[c.id].Unchecked = r.away
			continue
		}
		if err := c.ask(r, ctx); err != nil {
			r.results[c.id].Unchecked = errors.Join(r.results[c.id].Unchecked, err)
		}
	}
	return report
}

// claim is one invariant. engine says that nothing of it can be asked without the engine.
type claim struct {
	id, text string
	engine   bool
	ask      func(*run, context.Context) error
}

func claims() []claim {
	return []claim{
		{"R1", "every sent case has one workflow, every workflow a case", true, (*run).chains},
		{"R2", "one outcome each, no due time passed in silence", false, (*run).outcomes},
		{"R3", "one decision per work item and round", false, (*run).decisions},
		{"R4", "accepted is one account or access, anything else none; the directory hears of it", false, (*run).accounts},
		{"R5", "one live link per account, one Message-ID per message", false, (*run).secrets},
		{"R6", "the audit trail is whole, sealed, and tells of every event; letters and files are as they were", false, (*run).trail},
		{"R7", "pages show what the workflows say", true, (*run).projection},
		{"R8", "no workflow failed or took another path", true, (*run).histories},
		{"R9", "no secret outside its column", false, (*run).leaks},
	}
}

// survey adds what the store found to a result.
func (r *run) survey(id string, s store.Survey, err error) error {
	result := r.results[id]
	result.Checked += s.Checked
	for _, f := range s.Findings {
		result.blame(f.Where, f.What)
	}
	return err
}

// until looks again and again until a look finds nothing or patience ends, and gives what the last look found. Where
// nobody works, one look is all.
func (r *run) until(ctx context.Context, look func(context.Context) (int, error)) (int, error) {
	left, err := look(ctx)
	if !r.working || left == 0 || err != nil {
		return left, err
	}
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for end := time.Now().Add(r.Patience); time.Now().Before(end); {
		select {
		case <-ctx.Done():
			return left, ctx.Err()
		case <-tick.C:
		}
		if left, err = look(ctx); err != nil || left == 0 {
			return left, err
		}
	}
	return left, nil
}
