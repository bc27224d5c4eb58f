using System;
using System.Collections.Generic;

namespace Shop.Model
{
    public enum Size { Small, Large }

    public interface IPriced
    {
        decimal Price { get; }
        decimal Total(int count);
    }

    public abstract class Entity
    {
        protected int _id;
        public virtual string Describe() => ToString();
        //                                  ^ external/call external:System#Object.ToString
        public string Label() => Describe();
        //                       ^ dispatch/call :17 :46
    }

    public partial class Item : Entity, IPriced
    //                          ^ resolved/inherit :14
    //                                  ^ resolved/inherit :8
    {
        public Item(string name, Size size = Size.Small)
        //                       ^ resolved/type :6
        //                                        ^ resolved/read :6
        {
            Name = name;
            // @13 resolved/write :42
            Size = size;
            // @13 resolved/write :43
        }

        public Item() : this("none")
        //              ^ resolved/call :27
        {
        }

        public string Name { get; set; }
        public Size Size { get; }
        //     ^ resolved/type :6
        public decimal Price => 1;
        public override string Describe() => Name + _id + base.Describe();
        //                                   ^ resolved/read :42
        //                                          ^ resolved/read :16
        //                                                     ^ resolved/call :17
        public static Item Make(string name) => new Item(name);
        //                                          ^ resolved/new src/Model/Item.Totals.cs:3 :27
        public List<Item> Parts() => new List<Item>();
        //     ^ external/type external:System#Collections.Generic.List
    }
}
