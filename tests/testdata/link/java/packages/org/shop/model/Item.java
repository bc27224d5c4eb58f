package org.shop.model;

import java.util.List;
//     @18 external/import external:java.util#List
import java.util.Map;

public class Item extends Thing {
  //                      ^ resolved/inherit org/shop/model/Thing.java:3
  public static final int LIMIT = 3;
  public enum State { NEW, SOLD }
  private State state = State.NEW;
  //      ^ resolved/type :10
  //                          ^ resolved/read :10
  private final List<Item> parts;
  //                 ^ resolved/type :7
  private Map<String, Item> named;

  public Item(List<Item> parts) {
    super("item");
    // @5 resolved/call org/shop/model/Thing.java:5
    this.parts = parts;
    //   ^ resolved/write :14
  }

  public Item() {
    this(List.of());
    // @5 resolved/call :18
    //        ^ external external:java.util#List.of
  }

  public static Item of(String name) {
    return new Item();
    //         ^ resolved/new :7 :25
  }

  public int price() {
    int sum = 0;
    for (Item part : parts) sum += part.price();
    //                                  ^ resolved/call :36
    for (var part : parts) part.sell();
    //                          ^ resolved/call :49
    named.get("a").sell();
    //    ^ external external:java.util#Map.get
    //             ^ resolved/call :49
    return sum + name().length() + hashCode();
    //           ^ resolved/call org/shop/model/Thing.java:9
    //                             ^ external external:java.lang#Object.hashCode
  }
  public void sell() {
    switch (state) {
      case SOLD:
        // @12 resolved/read :10
        break;
      default:
        state = State.SOLD;
        // @9 resolved/write :11
    }
    state.ordinal();
    //    ^ external external:java.lang#Enum.ordinal
  }
}
