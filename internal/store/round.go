package store

import "errors"

// awayInARow is after how many failures, one behind the other, of a kind that tells of an outage the rest is left for the next
// round. One alone may be its own fault.
const awayInARow = 3

// EachOf does something with each of a list, and gives how many times that went well. One that fails keeps none behind it
// waiting; its error is among those that are given. away knows an outage by its error: what does not answer is not asked for
// everybody.
func EachOf[T any](list []T, away func(error) bool, do func(T) error) (int, error) {
	done, silent := 0, 0
	var failed error
	for _, one := range list {
		err := do(one)
		if err == nil {
			done, silent = done+1, 0
			continue
		}
		failed = errors.Join(failed, err)
		if !away(err) {
			silent = 0
		} else if silent++; silent == awayInARow {
			break
		}
	}
	return done, failed
}
