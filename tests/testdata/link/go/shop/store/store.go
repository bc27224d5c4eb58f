package store

import "fmt"

type Store interface {
	Get(name string) *Item
	Close() error
}

type Base struct {
	Name string
}

func (b *Base) Close() error {
	fmt.Println(b.Name)
	// @2 external/read external:fmt#
	//  ^ external/call external:fmt#Println
	//            ^ resolved/read :11
	return nil
}

type Memory struct {
	Base
	// @2 resolved/inherit :10
	items map[string]*Item
	//                ^ resolved/type :55
	list List
}

func (m *Memory) Get(name string) *Item {
	m.list[0].Price()
	//        ^ resolved/call :60
	for _, item := range m.items {
		item.Price()
		//   ^ resolved/call :60
	}
	m.Close()
	// @4 resolved/call :14
	return m.items[name]
	//       ^ resolved/read :25
}

// List is a type made of another.
type List []*Item

func Open(name string) (Store, error) {
	store := &Memory{Base: Base{Name: name}}
	//        ^ resolved/new :22
	//                                ^ exact/read :46
	return store, hidden(len(name))
	//            ^ resolved/call store/util.go:3
	//                   ^ external/call external:builtin#len
}

type Item struct {
	price int
	Owner *Item
}

func (i Item) Price() int {
	if i.Owner != nil {
		return i.Owner.Price()
		//             ^ resolved/call :60
	}
	return i.price
	//       ^ resolved/read :56
}
