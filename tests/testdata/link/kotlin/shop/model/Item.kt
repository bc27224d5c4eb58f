package org.shop.model

const val LIMIT: Int = 3

interface Named {
  val name: String
  fun label(): String = name
}

open class Item(val price: Int, override val name: String) : Named {
  private val parts: MutableList<Item> = mutableListOf<Item>()
  open fun total(): Int {
    for (part in parts) part.total()
    //                       ^ dispatch/call :12 :38
    check(price < LIMIT)
    // @5 external/call external:kotlin#check
    //    ^ resolved/read :10
    //            ^ resolved/read :3
    return price + extra()
    //             ^ resolved/call :29
  }

  fun copied() = Item(price, name)
  //             ^ resolved/new :10

  companion object {
    const val NONE = 0
    fun of(name: String): Item = Item(NONE, name)
    fun extra() = NONE
    //            ^ resolved/read :27
  }
}

class Special(price: Int) : Item(price, "special") {
  //                        ^ resolved/inherit :10
  constructor() : this(1)
  //              ^ resolved/call :34
  override fun total(): Int = super.total() + 1
  //                                ^ resolved/call :12
}

object Registry {
  val all: List<Item> = listOf()
  fun first(): Item = all.first()
}

enum class Color { RED, BLUE }

fun Item.shout(): String = name.uppercase()
fun String.quoted(): String = "'$this'"
fun make(): Item = Special()
//                 ^ resolved/new :34 :36
private fun hidden() = 1

class Buffer {
  fun require(count: Long) {}
  fun size(): Int = 0
}

fun Buffer.checked(limit: Int) {
  require(limit > 0) { "limit" }
  // @3 external/call external:kotlin#require
  require(3L)
  // @3 resolved/call :56
  size()
  // @3 resolved/call :57
  again()
  // @3 resolved/call :71
}

fun Buffer.again() {
  quoted()
  // @3 heuristic/call :50
}
