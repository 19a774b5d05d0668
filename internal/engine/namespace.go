package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	namespacepb "go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"
)

// pollEvery is the pause between two looks at a cluster that is getting ready.
const pollEvery = 50 * time.Millisecond

func searchAttributes() map[string]enumspb.IndexedValueType {
	return map[string]enumspb.IndexedValueType{
		AttributeKind:   enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		AttributeStatus: enumspb.INDEXED_VALUE_TYPE_KEYWORD,
	}
}

// PrepareNamespace makes a cluster ready for cases: namespace, retention and
// search attributes are created or brought up to date, and it returns when they
// can be used. It is safe to run again; ctx bounds the wait. On an existing
// cluster it needs the rights of an operator.
func PrepareNamespace(ctx context.Context, c client.Client, namespace string, retention time.Duration) error {
	if err := ensureNamespace(ctx, c, namespace, retention); err != nil {
		return err
	}
	if err := ensureAttributes(ctx, c, namespace); err != nil {
		return err
	}
	// The server's parts cache what they know of a namespace for some seconds;
	// an attribute used too early fails a workflow task.
	return await(ctx, "the namespace "+namespace, func(ctx context.Context) error {
		_, err := c.WorkflowService().CountWorkflowExecutions(ctx, &workflowservice.CountWorkflowExecutionsRequest{
			Namespace: namespace,
			Query:     AttributeKind + " = 'none' and " + AttributeStatus + " = 'none'",
		})
		return err
	})
}

func ensureNamespace(ctx context.Context, c client.Client, namespace string, retention time.Duration) error {
	service := c.WorkflowService()
	found, err := service.DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: namespace})
	var missing *serviceerror.NamespaceNotFound
	if errors.As(err, &missing) {
		_, err = service.RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
			Namespace:                        namespace,
			WorkflowExecutionRetentionPeriod: durationpb.New(retention),
		})
		var exists *serviceerror.NamespaceAlreadyExists
		if err != nil && !errors.As(err, &exists) {
			return fmt.Errorf("creating the namespace %s: %w", namespace, err)
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking for the namespace %s: %w", namespace, err)
	}
	if found.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration() == retention {
		return nil
	}
	_, err = service.UpdateNamespace(ctx, &workflowservice.UpdateNamespaceRequest{
		Namespace: namespace,
		Config:    &namespacepb.NamespaceConfig{WorkflowExecutionRetentionTtl: durationpb.New(retention)},
	})
	if err != nil {
		return fmt.Errorf("changing the retention of namespace %s: %w", namespace, err)
	}
	return nil
}

func ensureAttributes(ctx context.Context, c client.Client, namespace string) error {
	wanted := searchAttributes()
	var found *operatorservice.ListSearchAttributesResponse
	// A namespace made a moment ago is not yet known everywhere.
	err := await(ctx, "the search attributes of "+namespace, func(ctx context.Context) (err error) {
		found, err = c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
		return err
	})
	if err != nil {
		return err
	}
	maps.DeleteFunc(wanted, func(name string, kind enumspb.IndexedValueType) bool {
		return found.GetCustomAttributes()[name] == kind
	})
	if len(wanted) == 0 {
		return nil
	}
	_, err = c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: namespace, SearchAttributes: wanted,
	})
	if err != nil {
		return fmt.Errorf("adding search attributes to %s: %w", namespace, err)
	}
	return nil
}

// await repeats try until it succeeds or ctx ends; the last failure is told.
func await(ctx context.Context, what string, try func(context.Context) error) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	var last error
	for {
		err := try(ctx)
		if err == nil {
			return nil
		}
		if last == nil || ctx.Err() == nil {
			last = err // a try cut short tells nothing
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w (last: %w)", what, ctx.Err(), last)
		case <-tick.C:
		}
	}
}
