// Package shelf keeps things.
package shelf

import (
	"context"
	"fmt"
	_ "image/png"
	. "math"

	yaml "gopkg.in/yaml.v3"
	"example.org/shop/base/v2"
)

// Limit is how many fit.
const Limit = 10

const (
	small, large = iota, "x"
	medium
)

var (
	ErrFull = fmt.Errorf("full %d", Limit)
	shelves map[string]*Shelf[Book]
	_       Store = (*Shelf[Book])(nil)
)

var apply = func(s string) string { return s }

type Number interface {
	~int | ~float64
}

// Store keeps items.
type Store interface {
	fmt.Stringer
	Put(ctx context.Context, names ...string) (int, error)
	close()
}

type Shelf[T any] struct {
	base.Thing
	*Counter
	Items, spare []T
	owner        struct {
		Name string `json:"name"`
	}
	next *Shelf[T]
	done chan error
}

type Counter struct{ n int }
type HandlerFunc func(*Counter, string) error
type Alias = Counter

func New[T any](items ...T) *Shelf[T] {
	s := &Shelf[T]{Items: items, Counter: &Counter{n: len(items)}}
	s.owner.Name = "me"
	return s
}

func (s *Shelf[T]) Put(ctx context.Context, names ...string) (count int, err error) {
	count, err = s.Counter.add(len(names)), nil
	for i, name := range names {
		if name == "" || i > Limit {
			continue
		}
		s.n++
		item, err := find[T](ctx, name)
		if err != nil {
			return 0, fmt.Errorf("put %s: %w", name, err)
		} else if item, ok := any(item).(fmt.Stringer); ok {
			fmt.Println(item.String())
		}
	}
	return
}

func (Shelf[T]) close() {}

func (c *Counter) add(n int) int {
	c.n += n
	return c.n
}

func (h HandlerFunc) Serve(c *Counter) error { return h(c, "x") }

func Max[K comparable, V Number](m map[K]V) (best V) {
	for _, v := range m {
		best = max(best, v)
	}
	return best
}

func init() { yaml.Marshal(shelves) }
