package org.shop.app;

import static org.shop.model.Item.of;
//                                ^ resolved/import org/shop/model/Item.java:31
import static org.shop.app.Tools.*;
import org.shop.model.*;
import org.shop.model.Item.State;
//                         ^ resolved/import org/shop/model/Item.java:10
import org.lib.Absent;
//             ^ external/import external:org.lib#Absent
import org.shop.model.Missing;
//                    ^ unresolved/import

public class Main {
  private Absent logger;

  public static void main(String[] args) {
    Item item = of("a");
    // @5 resolved/type org/shop/model/Item.java:7
    //          ^ resolved/call org/shop/model/Item.java:31
    item.name();
    //   ^ resolved/call org/shop/model/Thing.java:9
    new Point(1, 2).moved().x();
    //              ^ resolved/call org/shop/model/Point.java:4
    //                      ^ resolved/call org/shop/model/Point.java:3
    State state = State.valueOf("NEW");
    // @5 resolved/type org/shop/model/Item.java:10
    //                  ^ external external:java.lang#Enum.valueOf
    org.shop.model.Item.of("b").sell();
    //             ^ resolved/value org/shop/model/Item.java:7
    //                  ^ resolved/call org/shop/model/Item.java:31
    //                          ^ resolved/call org/shop/model/Item.java:49
    java.util.Objects.hash(1);
    //        ^ external external:java.util#Objects
    //                ^ external/call external:java.util#Objects.hash
    java.util.List<Item> all = null;
    //             ^ resolved/type org/shop/model/Item.java:7
    all.forEach(Item::sell);
    //                ^ resolved/value org/shop/model/Item.java:49
    all.stream().findFirst().get().price();
    //                             ^ resolved/call org/shop/model/Item.java:36
    help(1);
    // @5 resolved/call org/shop/app/Tools.java:4
    help("a", 2);
    // @5 resolved/call org/shop/app/Tools.java:5
    undefined();
    // @5 unresolved/call
    new Missing();
    //  ^ unresolved/new
  }

  void run() {
    logger.info("x");
    //     ^ external/call external:org.lib#Absent.info
    System.out.println(Item.LIMIT);
    // @5 external external:java.lang#System
    //         ^ external external:java.lang#System.out.println
    //                      ^ resolved/read org/shop/model/Item.java:9
    "a".length();
    //  ^ external external:java.lang#String.length
  }
}
