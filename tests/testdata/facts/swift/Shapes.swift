import Foundation
import class UIKit.UIView
@testable import Core
@_exported import Models
import XCTest

/// A shape.
public protocol Shape: AnyObject, Equatable {
  associatedtype Unit
  var area: Double { get }
  func scaled(by factor: Double) -> Self
  init(name: String)
}

public struct Circle: Shape {
  public let radius: Double
  private(set) var label: String = ""
  static let unit = Circle(radius: 1)
  lazy var cached: [Int]? = nil
  var area: Double { return Double.pi * radius * radius }
  var doubled: Double {
    get { radius * 2 }
    set { label = "\(newValue)" }
  }
  let a = 1, b: Int = 2

  init(radius: Double) { self.radius = radius }
  public func scaled(by factor: Double, _ extra: Int = 0, rest: Int...) -> Circle {
    let next = Circle(radius: radius * factor)
    if factor > 1 && extra > 0 || factor < 0 {
      return next
    } else if extra == 3 {
      return self
    } else {
      print("x")
    }
    for i in 0..<3 where i > 1 { print(i) }
    guard let value = cached else { return self }
    while extra > 100 { break }
    switch extra {
    case 1, 2: return next
    default: return self
    }
    func inner(_ x: Int) -> Int { x ?? 1 }
    let block = { (x: Int) -> Int in x + inner(x) }
    do { try run(value) } catch let e as NSError { print(e) } catch { throw error }
    return factor > 2 ? next : self
  }
  subscript(index: Int) -> Int { index }
  static func == (lhs: Circle, rhs: Circle) -> Bool { lhs.radius == rhs.radius }
  struct Nested<T> where T: Codable { fileprivate var item: T }
}

open class Base {
  weak var delegate: Delegate?
  open func run() async throws {}
  class func make() -> Base { Base() }
  deinit { print("gone") }
  convenience init?(text: String) { self.init() }
}

final class Derived: Base, Delegate {
  override func run() async throws { try await super.run() }
  @available(*, deprecated, message: "old") func old() {}
  @objc private dynamic func tapped(_ sender: Any) {}
}

enum Suit: String, CaseIterable {
  case hearts = "h", spades
  case custom(Int, name: String)
  indirect case tree(Suit)
  var isRed: Bool { self == .hearts }
}

extension Circle: CustomStringConvertible {
  var description: String { "circle" }
  fileprivate func helper() {}
}
extension Array where Element == Circle { func total() -> Double { 0 } }

actor Counter { var value = 0; func increment() { value += 1 } }

typealias Handler = (Int) -> Void
let globalLimit = 10
var (first, second) = (1, 2)
func globalFunction<T: Shape>(_ value: T, then: @escaping Handler) -> T { value }
infix operator **: MultiplicationPrecedence
func ** (a: Int, b: Int) -> Int { a }

final class CircleTests: XCTestCase {
  override func setUp() {}
  func testArea() { XCTAssertEqual(Circle(radius: 1).area, 1) }
}
@Suite struct Modern {
  @Test("adds") func adds() { #expect(1 == 1) }
}
@main struct App { static func main() {} }
