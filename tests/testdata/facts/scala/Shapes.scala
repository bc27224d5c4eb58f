package org.example
package shapes

import scala.collection.mutable
import scala.util.{Failure, Success => Ok, Try}
import java.util._
import cats.syntax.all.*
import a.b.{given, C as D}

/** A shape. */
sealed trait Shape[A] extends Serializable with Comparable[Shape[A]] {
  def area: Double
  protected def name(prefix: String = "x"): String = prefix + "!"
  val sides: Int
  type Unit2 = (Int, Int)
}

final case class Circle(radius: Double, private val label: String = "") extends Shape[Int] {
  import Circle._
  override def area: Double = math.Pi * square(radius)
  override val sides = 0
  lazy val cached: Option[Circle] = None
  var count, total = 0
  private[shapes] def grow(by: Int)(implicit factor: Double): Circle = {
    val next = new Circle(radius * by * factor)
    def helper(x: Int): Int = if (x > 0 && x < 10) x else if (x == 0) 1 else 2
    for (i <- 1 to 10 if i % 2 == 0) println(helper(i))
    while (count < 10) count += 1
    next match {
      case Circle(r, _) if r > 1 => next
      case _ => this
    }
  }
  def grow(by: String): Circle = try grow(by.toInt)(1.0) catch { case e: Exception => this }
  def this(text: String) = this(text.toDouble)
}

object Circle extends App with Logging {
  implicit val ordering: Ordering[Circle] = Ordering.by(_.radius)
  def square(x: Double) = x * x
  def main(args: Array[String]): Unit = println(args.map(a => a.length).sum)
  val handler = (x: Int) => x + 1
  class Inner private (val a: Int, b: String)
}

package object util {
  type Name = String
  val Default: Name = "none"
}

abstract class Base(protected var id: Long) {
  @deprecated("old", "1.0") def old(xs: Int*): Unit
  implicit class Rich(val s: String) extends AnyVal { def shout = s.toUpperCase }
}

enum Color(val rgb: Int) extends Base(1L):
  case Red extends Color(0xff0000)
  case Green, Blue
  case Mixed(a: Int)
  def isDark: Boolean = rgb < 10

given intOrd: Ordering[Int] with
  def compare(a: Int, b: Int): Int = a - b

extension (c: Circle)
  def twice: Circle = c
  def thrice(n: Int): Circle = c

class ShapeSpec extends munit.FunSuite {
  test("area is positive") {
    assert(Circle(1.0).area > 0)
  }
  @Test def junitStyle(): Unit = ()
}
class OtherSpec extends AnyFlatSpec {
  "A circle" should "have an area" in { Circle(1.0) }
  describe("x") { it("y") { Circle(2.0) } }
}
