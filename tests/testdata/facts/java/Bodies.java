package org.shop.web;

import org.junit.jupiter.api.Test;
import org.shop.model.Shelf;
import org.springframework.web.bind.annotation.*;

@RestController
@RequestMapping("/api")
class Bodies {
  private final Repository repository;
  private Runnable task = () -> run(1);

  @GetMapping("/items/{id}")
  Item read(@PathVariable("id") long id) {
    return repository.find(id).orElseThrow(NotFound::new);
  }

  @RequestMapping(value = {"/a", "/b/"}, method = RequestMethod.POST)
  void write(@RequestBody Item item) {
    repository.save(item);
  }

  @Test
  void readsItems() {
    assertEquals(1, read(1L).size);
  }

  int flow(Object value, List<Item> items) throws Exception {
    int total = 0, last;
    for (int i = 0; i < items.size(); i++) {
      total += items.get(i).price();
    }
    outer:
    for (final Item item : items) {
      if (item.hidden && !item.sold || item == null && total > 3) continue outer;
      else if (total > 9) break;
      else total = item.price();
    }
    if (!(value instanceof Item it)) return -1;
    if (value instanceof Point(int x, var y) && x > y) last = x;
    try (var in = open(value); Reader reader = new Reader(in)) {
      reader.read();
    } catch (IOException | RuntimeException e) {
      throw new IllegalStateException(e.getMessage(), e);
    } finally {
      close();
    }
    String text = switch (it.kind()) {
      case BOOK, Kind.PEN -> "paper";
      case null -> "";
      default -> {
        yield "x" + total;
      }
    };
    switch (value) {
      case String s when s.isEmpty():
        return 0;
      case Item other:
        return other.price();
      default:
        total--;
    }
    do {
      total = total > 3 ? total / 2 : (int) it.weight;
    } while (total > 0);
    return total;
  }

  <A> List<A> streams(List<Item> items, Function<Item, A> read) {
    Comparator<Item> byPrice = Comparator.comparing(Item::price).reversed();
    items.sort((a, b) -> a.price() - b.price());
    items.forEach(item -> {
      item.touch();
      this.task.run();
    });
    class Local {
      A first = read.apply(items.get(0));
    }
    Local local = new Local();
    items.stream().map(this::wrap).map(super::toString).map(String[]::new);
    Runnable later = new Runnable() {
      int runs;

      @Override
      public void run() {
        runs++;
        streams(items, read);
        Bodies.this.flow(null, items);
      }
    };
    int[] numbers = {1, 2, items.size()};
    numbers[0] = numbers[1];
    Class<?> c = Item.class;
    java.util.List<String> names = java.util.List.of();
    Outer.Inner inner = outer.new Inner(names);
    return (List<A>) local.first;
  }
}
