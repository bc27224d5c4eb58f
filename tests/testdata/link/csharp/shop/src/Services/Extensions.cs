using Shop.Model;

namespace Shop.Services;

public static class ItemExtensions
{
    public static Item Renamed(this Item item, string name) => item;
    public static int CountWords(this string text) => text.Length;
    public static T Also<T>(this T value) => value;
}

public static class Tools
{
    public static int Helper(int x) => x;
}
