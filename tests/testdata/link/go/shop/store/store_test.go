package store_test

import (
	"testing"

	"example.org/shop/store"
	kit "example.org/shop/internal/go-util"
)

type fake struct{}

func (fake) Get(name string) *store.Item { return nil }
func (fake) Close() error                { return nil }

func TestOpen(t *testing.T) {
	s, _ := store.Open("x")
	//            ^ resolved/call store/store.go:46
	s.Get("a").Price()
	// @4 dispatch/call store/store.go:6 store/store.go:30 :12
	//         ^ resolved/call store/store.go:60
	kit.Help()
	// @6 resolved/call internal/go-util/util.go:4
	store.Hidden(1)
	//    ^ unresolved/call
	t.Fatal("no")
	// @4 external/call external:testing#T.Fatal
}
