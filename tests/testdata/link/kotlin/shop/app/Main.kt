package org.shop.app

import org.shop.model.Color
//                    ^ resolved/import model/Item.kt:47
import org.shop.model.Item
import org.shop.model.Registry
import org.shop.model.make as build
//                    ^ resolved/import model/Item.kt:51
import org.shop.model.*
import org.lib.Outside
//             ^ external/import external:org.lib#Outside

class Page : Outside() {
  fun show(item: Item, thing: Outside) {
    item.shout().quoted()
    //   ^ resolved/call model/Item.kt:49
    //           ^ resolved/call model/Item.kt:50
    item.label()
    //   ^ resolved/call model/Item.kt:7
    item.copied().price
    //   ^ resolved/call model/Item.kt:23
    //            ^ resolved/read model/Item.kt:10
    Item.of("a").total()
    //   ^ resolved/call model/Item.kt:28
    //           ^ dispatch/call model/Item.kt:12 model/Item.kt:38
    Registry.first().price
    //       ^ resolved/call model/Item.kt:44
    //               ^ resolved/read model/Item.kt:10
    build().shout()
    // @5 resolved/call model/Item.kt:51
    //      ^ resolved/call model/Item.kt:49
    Color.RED.name
    //    ^ resolved/read model/Item.kt:47
    //        ^ external external:kotlin#Enum.name
    thing.render()
    //    ^ external/call external:org.lib#Outside.render
    render()
    // @5 external/call external:org.lib#Outside.render
    hidden()
    // @5 external/call external:org.lib#Outside.hidden
    println(item)
    // @5 external/call external:kotlin#println
    thing.quoted()
    //    ^ external/call external:org.lib#Outside.quoted
    item.toString()
    //   ^ external/call external:kotlin#Any.toString
    val special = Special(2)
    //            ^ resolved/new model/Item.kt:34
    special.total()
    //      ^ resolved/call model/Item.kt:38
    java.util.Objects.hash(1)
    //                ^ external/call external:java.util#Objects.hash
  }
}

fun top(items: List<Item>) {
  items.first().price
  //            ^ resolved/read model/Item.kt:10
  for (item in items) item.shout()
  //                       ^ resolved/call model/Item.kt:49
  missing()
  // @3 unresolved/call
  hidden()
  // @3 unresolved/call
}
