package main

import (
	"example.org/shop/internal/go-util"
	"example.org/shop/store"
	"example.org/shop/missing"
	. "github.com/other/dots"
	"github.com/other/go-log/v2"
)

type opener interface {
	Close() error
}

func closing(o opener) {
	o.Close()
	// @4 dispatch/call :12 store/store.go:14 store/store_test.go:13
}

func main() {
	util.Help()
	// @2 resolved/read internal/go-util/util.go:1
	//   ^ resolved/call internal/go-util/util.go:4
	s, err := store.Open("a")
	// @12 resolved/read store/store.go:1
	if err != nil {
		log.Fatal(err)
		// @3 external/read external:github.com/other/go-log/v2#
		//  ^ external/call external:github.com/other/go-log/v2#Fatal
	}
	memory, ok := s.(*store.Memory)
	//                      ^ resolved/type store/store.go:22
	if ok {
		memory.Close()
		//     ^ resolved/call store/store.go:14
		get := memory.Get
		//            ^ resolved/value store/store.go:30
		get("a").Price()
		// @3 resolved/call store/store.go:30
		//       ^ resolved/call store/store.go:60
	}
	defer func() { closing(s) }()
	//             ^ resolved/call :15
	missing.Call()
	//      ^ unresolved/call
	Dotted(1)
	// @2 external/call external:github.com/other/dots#Dotted
	items := store.List{}
	//             ^ resolved/new store/store.go:44
	items[0].Price()
	//       ^ resolved/call store/store.go:60
}
