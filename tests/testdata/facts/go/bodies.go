package main

import (
	"net/http"
	"testing"

	"github.com/gin-gonic/gin"
)

type server struct {
	db   *database
	mux  *http.ServeMux
	hits map[string]int
}

func main() {
	srv := &server{db: open("x"), hits: map[string]int{"a": 1, key: 2}}
	r := gin.Default()
	r.GET("/items/:id", srv.item)
	r.Handle("POST", "/items", create)
	srv.mux.HandleFunc("GET /health", func(w http.ResponseWriter, req *http.Request) {
		w.WriteHeader(http.StatusOK)
	})
	http.HandleFunc("/raw", raw)
	defer srv.close()
	go func() {
		srv.hits["a"]++
	}()
}

func (s *server) item(c *gin.Context) {
	load := func(id string) (*row, error) { return s.db.find(id) }
	row, err := load(c.Param("id"))
	if err != nil {
		panic(err)
	}
	points := []point{{X: 1, Y: row.y}, {2, 3}}
	byName := map[string]*point{"a": {X: 4}}
	first, rest := points[0], points[1:]
	rest[0].X, first = 5, *byName["a"]
	tests := []struct {
		name string
		want int
	}{{name: "a", want: 1}}
	for _, tt := range tests {
		use(tt.name, tt.want)
	}
	fn := (*server).item
	fn(s, c)
}

func kinds(v interface{}, ch chan result, others ...interface{ Name() string }) (n int) {
	switch x := v.(type) {
	case *point:
		n = x.X
	case int, string:
		use(x)
	case nil:
	default:
		_ = x
	}
loop:
	for {
		select {
		case res := <-ch:
			n += res.value
		case ch <- result{1}:
			break loop
		default:
			goto end
		}
	}
end:
	switch y := n * 2; {
	case y > 3 && n > 1 || y == 0:
		fallthrough
	case y < 1:
		n--
	}
	var local, other = others[0], point(first)
	const fixed = 3
	type pair struct{ a, b point }
	p := pair{a: point{}}
	pick[string](fixed)
	table[fixed](p)
	zip[int, point](p, fixed)
	p.a.move(local.Name(), fixed, other)
	return generic[int, point](n).size
}

func TestKinds(t *testing.T) {
	t.Run("sub", func(t *testing.T) { kinds(1, nil) })
}
