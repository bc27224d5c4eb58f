namespace Shop.Model;

public partial class Item
{
    private System.Func<int, decimal> _rule;
    //             ^ external/type external:System#Func

    public decimal Total(int count)
    {
        return Price * count + _rule(count) + Round(1m) + Round(1m, 2);
        //     ^ resolved/read src/Model/Item.cs:45
        //                     ^ resolved/read :5
        //                                    ^ resolved/call :16
        //                                                ^ resolved/call :17
    }
    static decimal Round(decimal value) => System.Math.Round(value);
    static decimal Round(decimal value, int digits) => value;
}

public class Gift : Item
{
    public class Ribbon { public int Length; }
    private readonly Ribbon _ribbon = new Ribbon();
    //               ^ resolved/type :22
    public int Long() => _ribbon.Length;
    //                           ^ resolved/read :22
}
