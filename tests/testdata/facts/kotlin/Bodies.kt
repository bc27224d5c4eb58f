package org.shop.web

import kotlin.test.Test
import org.shop.model.Shelf

@RestController
@RequestMapping("/api")
class Bodies(private val repository: Repository) {
  @GetMapping("/items/{id}")
  fun read(@PathVariable id: Long): Item? = repository.find(id) ?: throw NotFound("no $id")

  @Test
  fun `reads items`() {
    assertEquals(1, read(1L)?.size)
  }

  fun flow(value: Any?, items: List<Item>): Int {
    var total = 0
    outer@ for (item in items) {
      if (item.hidden && !item.sold || total > 3) {
        continue@outer
      } else if (total > 9) {
        break
      } else {
        total += item.price()
      }
    }
    val text = when (val kind = items[0].kind) {
      is Book, in printed -> "paper"
      Kind.PEN -> "ink"
      null -> ""
      else -> kind.name
    }
    try {
      reader(text).use { it.read() }
    } catch (e: IOException) {
      throw IllegalStateException(e.message, e)
    } finally {
      close()
    }
    do {
      total = if (total > 3) total / 2 else value as Int
    } while (total > 0)
    return total
  }

  fun <A> streams(items: List<Item>, read: (Item) -> A): List<A> {
    val byPrice = compareBy(Item::price)
    val (first, rest) = items.sortedWith(byPrice) to items
    first.let { it.touch() }
    items.map { item -> item.price() }.forEach { println(it) }
    val built = Builder().apply {
      this.name = "x"
      size = 3
    }
    with(built) { this.build() }
    fun local(x: Int): Int = x + total
    val square = { x: Int -> x * x }
    local(square(2))
    val later = object : Runnable, Base(1) {
      override fun run() {
        streams(items, read)
        this@Bodies.flow(null, items)
      }
    }
    items.filterIsInstance<Item>().forEach(::println)
    val names = listOf<String>(later.toString())
    val all = emptyMap<String, Item>()
    for ((key, item) in all) key.plus(item)
    if (!all.isEmpty() && !local(2)) ++built.size
    Bodies::class.java
    return items.fold(0) { sum, item -> sum + item.price() }.let(read)
  }
}

fun Route.items() {
  get("/items") {
    call.respond(items)
  }
}
