package org.shop.model;

import static java.util.Objects.requireNonNull;
import static org.shop.util.Strings.*;

import java.util.List;
import java.util.Map;
import org.shop.base.*;

/** A shelf of things. */
@Deprecated
public abstract class Shelf<T extends Comparable<T>> extends Base<T> implements Closeable, org.shop.Named {
  private static final int LIMIT = 10, SPARE = LIMIT + 1;
  protected final Map<String, List<? extends T>> items = new HashMap<>();
  int[] counts[];
  private Shelf<T>.Slot slot;

  static {
    register(LIMIT);
  }

  {
    counts = new int[LIMIT][];
  }

  // Makes an empty one.
  protected Shelf(String name, T... things) throws IOException, org.shop.Oops {
    super(name);
    this.items.put(name, List.of(things));
  }

  Shelf() {
    this("none");
  }

  public static <K extends Number, V> Map<K, V> pairs(K key, V value) {
    return Map.of(key, value);
  }

  @Override
  public String name() {
    String name = super.name();
    return name != null ? name : name();
  }

  abstract void put(T thing, int at);

  void put(T thing) {
    put(thing, 0);
  }

  class Slot {
    T thing;

    Shelf<T> shelf() {
      return Shelf.this;
    }
  }

  interface Visitor<R> {
    int DEPTH = 3;

    R visit(Shelf<?> shelf);

    default R twice(Shelf<?> shelf) {
      visit(shelf);
      return visit(shelf);
    }

    static void none() {}
  }

  enum Size implements Sized {
    SMALL(1),
    LARGE(20) {
      @Override
      int weight() {
        return super.weight() * 2;
      }
    };

    private final int weight;

    Size(int weight) {
      this.weight = weight;
    }

    int weight() {
      return weight;
    }
  }

  record Point<N extends Number>(N x, N y) implements Sized {
    Point {
      requireNonNull(x);
    }

    static Point<Integer> origin() {
      return new Point<>(0, 0);
    }
  }

  @interface Marked {
    String value() default "none";

    Class<?>[] types() default {};
  }

  public static void main(String[] args) {
    System.out.println(new Shelf.Point<Integer>(1, 2).x());
  }
}
