using System.Linq;
using Shop.Model;
using static Shop.Services.Tools;
//                         ^ resolved/import src/Services/Extensions.cs:12
using Parcel = Shop.Model.Gift;

namespace Shop.Services
{
    public class Till
    {
        private readonly IPriced _priced;
        public event System.EventHandler Rung;

        public Till(IPriced priced) => _priced = priced;
        //          ^ resolved/type src/Model/Item.cs:8
        //                             ^ resolved/write :11

        public async System.Threading.Tasks.Task<Item> Ring(Item item, dynamic odd)
        {
            var total = _priced.Total(3);
            //                  ^ dispatch/call src/Model/Item.cs:11 src/Model/Item.Totals.cs:8
            item.Renamed("x").Describe();
            //   ^ resolved/call src/Services/Extensions.cs:7
            //                ^ resolved/call src/Model/Item.cs:46
            "a b".CountWords();
            //    ^ resolved/call src/Services/Extensions.cs:8
            Helper(1);
            // @13 resolved/call src/Services/Extensions.cs:14
            Parcel parcel = new Parcel();
            // @13 resolved/type src/Model/Item.Totals.cs:20
            parcel.Long();
            //     ^ resolved/call src/Model/Item.Totals.cs:25
            foreach (var part in item.Parts())
            //                        ^ resolved/call src/Model/Item.cs:52
            {
                part.Label();
                //   ^ resolved/call src/Model/Item.cs:19
            }
            item.Parts().First(p => p.Size == Size.Large).Total(1);
            //           ^ external/call external:System#Collections.Generic.List.First
            Rung?.Invoke(this, null);
            //    ^ external/call external:System#EventHandler.Invoke
            odd.Frobnicate();
            //  ^ unresolved
            var again = await Ring(item, odd);
            //                ^ resolved/call :18
            again.Missing();
            //    ^ unresolved
            new Hidden.Secret().Open();
            return again.Renamed("y");
            //           ^ resolved/call src/Services/Extensions.cs:7
        }
    }
}
