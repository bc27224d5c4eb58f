global using System.Linq;
using static System.Math;
using Names = System.Collections.Generic.List<string>;
using Shop.Billing;

namespace Shop.Orders;

/// <summary>One order.</summary>
[Serializable, Obsolete("use Order2")]
public abstract partial class Order<T> : Entity<T>, IPriced, IDisposable where T : class, new() {
  private readonly int _count = 1, _limit;
  protected const int Max = 3;
  internal static Dictionary<string, Item[]> Index = new() { ["a"] = null };
  public string Name { get; set; } = "none";
  public decimal Price => _items.Sum(i => i.Price);
  public Item this[int at] { get => _items[at]; set { _items[at] = value; } }
  public event EventHandler Changed;

  public Order(int count) : base(count) { this._count = count; }
  static Order() { }
  ~Order() { }
  void IDisposable.Dispose() { Changed?.Invoke(this, EventArgs.Empty); }
  public static Order<T> operator +(Order<T> a, Order<T> b) => a;
  public static implicit operator int(Order<T> a) => a._count;
  public abstract Task<Item> Find<TKey>(TKey? key, int depth = 3, params string[] path) where TKey : IKey;
  protected override bool Equals(ref int a, out string b) => base.Equals(a, out b);
  partial void OnChanged();
  private protected enum State : byte { Open = 1, [Final] Closed }
  public interface ISink<in TEvent> { void Emit(TEvent e); int Level { get; } }
}

public record Person(string First, int Age = 3) : Entity(First);
public readonly record struct Point(int X, int Y);
public class Prim(int seed, ILog log) : Base(seed) { int Next() => seed + log.Level; }
public static class Extensions { public static int Twice(this int x, int times = 2) => x * times; }
public delegate TResult Convert<T, TResult>(T value);
