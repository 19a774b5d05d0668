package workflows_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"loket/activities"
	"loket/models"
	"loket/workflows"
)

var update = flag.Bool("update", false, "rewrite testdata/payloads")

// TestPayloadsKeepTheirShape holds what enters histories to the JSON that older histories hold: a renamed field would
// break the replay of open cases.
func TestPayloadsKeepTheirShape(t *testing.T) {
	for name, v := range map[string]any{
		"memo_input": &workflows.MemoInput{}, "memo_state": &workflows.MemoState{}, "send": &workflows.Send{}, "decide": &workflows.Decide{}, "verify": &workflows.Verify{},
		"withdraw": &workflows.Withdraw{}, "return": &workflows.Return{}, "resubmit": &workflows.Resubmit{}, "nudge": &workflows.Nudge{}, "retry": &workflows.Retry{}, "change": &models.Change{}, "recorded": &models.Recorded{},
		"ask": &workflows.Ask{}, "answer": &workflows.Answer{}, "reissue": &workflows.Reissue{}, "skip": &workflows.Skip{},
		"activation_input": &workflows.ActivationInput{}, "access_input": &workflows.AccessInput{}, "access_state": &workflows.AccessState{}, "access_plan": &activities.AccessInput{}, "access_brief": &activities.AccessBrief{}, "looked": &models.Looked{},
		"registration_input": &workflows.RegistrationInput{}, "registration_state": &workflows.RegistrationState{}, "registration_looked": &models.RegistrationLooked{},
		"registration_brief": &activities.RegistrationBrief{}, "registration_send": &workflows.SendRegistration{}, "registration_judge": &workflows.JudgeRegistration{}, "prove": &workflows.Prove{},
		"settle_input": &activities.SettleInput{}, "calendar_input": &activities.CalendarInput{},
		"failures": &activities.Failures{}, "open_links": &models.OpenLinks{}, "brief": &activities.Brief{}, "brief_input": &activities.BriefInput{}, "provision_input": &activities.ProvisionInput{},
	} {
		t.Run(name, func(t *testing.T) {
			fill(reflect.ValueOf(v).Elem(), 0)
			got, err := json.MarshalIndent(v, "", "  ")
			require.NoError(t, err)
			path := filepath.Join("testdata", "payloads", name+".json")
			if *update {
				require.NoError(t, os.WriteFile(path, append(got, '\n'), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, strings.TrimSpace(string(want)), string(got))

			back := reflect.New(reflect.TypeOf(v).Elem())
			require.NoError(t, json.Unmarshal(got, back.Interface()))
			require.Equal(t, v, back.Interface(), "nothing is lost on the way through a history")
		})
	}
}

var (
	aTime  = time.Date(2026, 6, 8, 1, 0, 0, 0, time.UTC)
	leaves = map[reflect.Type]any{
		reflect.TypeFor[time.Time]():                    aTime,
		reflect.TypeFor[models.Calendar]():              models.Calendar{ID: "id-2026", Version: 1},
		reflect.TypeFor[map[string]string]():            map[string]string{"k": "v"},
		reflect.TypeFor[*workflows.MemoState]():         (*workflows.MemoState)(nil),
		reflect.TypeFor[*workflows.AccessState]():       (*workflows.AccessState)(nil),
		reflect.TypeFor[*workflows.RegistrationState](): (*workflows.RegistrationState)(nil),
	}
)

// fill gives every field a value that is not zero, so that omitempty hides nothing.
func fill(v reflect.Value, depth int) {
	if leaf, ok := leaves[v.Type()]; ok {
		v.Set(reflect.ValueOf(leaf))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), depth+1)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Tag.Get("json") != "-" { // kept out of histories on purpose
				fill(v.Field(i), depth+1)
			}
		}
	}
}
