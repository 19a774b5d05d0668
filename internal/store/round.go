package store

import "errors"

// eachOf does something with each of a list, and gives how many times that went well. One that fails keeps none behind it
// waiting; its error is among those that are given. A database that is away is asked no more: the next round finds the rest.
func eachOf[T any](list []T, do func(T) error) (int, error) {
	done := 0
	var failed error
	for _, one := range list {
		err := do(one)
		if err == nil {
			done++
			continue
		}
		if failed = errors.Join(failed, err); Unavailable(err) {
			break
		}
	}
	return done, failed
}
