using Xunit;
using Shop.Services;

namespace Shop.Tests;

public class TillTests
{
    [Fact]
    // @6 external/decorate external:Xunit#Fact
    public void Rings()
    {
        var till = new Till(null);
        //             ^ resolved/new src/Services/Till.cs:9 src/Services/Till.cs:14
        Assert.NotNull(till);
        //     ^ external/call external:Xunit#Assert.NotNull
        till.Ring(new Model.Item("a"), null);
        //   ^ resolved/call src/Services/Till.cs:18
        //                  ^ resolved/new src/Model/Item.Totals.cs:3 src/Model/Item.cs:27
    }
}
