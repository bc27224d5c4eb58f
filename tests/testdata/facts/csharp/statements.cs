namespace Shop {
  class Worker {
    async Task<int> Run(object o, List<Item> items) {
      var map = new Dictionary<string, int> { ["a"] = 1 };
      Item made = new(1) { Price = 2, Owner = { Name = "x" } };
      int Local(int q) => q + made.Price;
      var add = (int a, int b) => a + b;
      items.Where(y => y.Price > 1).Select(async z => await z.Load());
      var q = from a in items join b in map on a.Id equals b.Key into g
              where a.Price > 1 let k = a.Owner orderby k.Name select new { a.Id, Label = k.Name };
      if (o is Item { Price: 1 } found && o is not Owner other) found.Use();
      var r = o switch { Item z when z.Price > 1 => z.Price, Owner => 2, _ => throw new ShopException(nameof(items)) };
      foreach (var (i, j) in map) { i.Use(j); }
      foreach (Item item in items) item?.Load()?.More[1]!.Even();
      using var file = File.Open("a");
      try { await Shop.Store.SaveAsync<int>(id: 1); } catch (IOException e) when (e.Code == 1) { throw; }
      if (int.TryParse("1", out var n)) n++;
      (var left, made.Price) = Split();
      var copy = made with { Price = 3 };
      _ = typeof(Item).Name + default(Item) + (Item)o + $"a {map:N2}";
      var named = (o as Owner).Name ?? add(1, 2);
      switch (o) { case Owner owner: owner.Go(); break; case null: default: break; }
      goto end;
      end: return Local(n);
    }
    IEnumerable<int> All() { for (int i = 0; i < 3; i++) yield return i; lock (this) { } }
    Func<int> later = delegate { return 1; };
  }
}
