@file:JvmName("Shelves")

package org.shop.model

import java.io.Closeable
import org.shop.base.Base as Root
import org.shop.util.*

/** How many fit. */
const val LIMIT: Int = 10
private var count = LIMIT
val String.shout: String get() = uppercase()
val apply = { name: String -> name.length }

typealias Visit<T> = (T) -> Unit

// A shelf of things.
@Deprecated("old")
abstract class Shelf<T : Comparable<T>>(
  val items: MutableList<T>,
  private var label: String = "none",
  size: Int,
) : Root<T>(size), Closeable, Named by label {
  val capacity = size + 1
  var state: State? = null
    get() = field ?: State.EMPTY
    private set(value) {
      field = value
    }
  val lazyName by lazy { label + size }
  lateinit var owner: Owner<*>

  init {
    require(size > 0) { "size $size of ${label.length}" }
  }

  constructor(vararg things: T) : this(things.toMutableList(), size = things.size) {
    count++
  }

  abstract fun put(thing: T, at: Int = 0): Boolean

  override fun close() = items.clear()

  suspend operator fun <R> plus(other: Shelf<R>): Shelf<T> where R : Any {
    return this
  }

  infix fun T.into(other: List<T>) = other.add(this)

  inner class Slot(var thing: T) {
    fun shelf() = this@Shelf
  }

  companion object {
    const val MAX = 3

    @JvmStatic
    fun empty(): Shelf<Int> = TODO()
  }
}

sealed interface Named {
  val name: String

  fun twice(): String = name + name
}

enum class State(val code: Int) : Coded {
  EMPTY(0),
  FULL(1) {
    override fun describe() = super.describe() + code
  };

  open fun describe(): String = "state"
}

data class Point(val x: Int, val y: Int)

object Registry : Root<Int>() {
  private val all = mutableListOf<Point>()

  fun add(point: Point) {
    all += point
  }
}

annotation class Marked(val value: String)

fun main(args: Array<String>) {
  Registry.add(Point(x = 1, y = args.size))
}
