#include "shop/item.h"

namespace shop {
Item::Item() {}
Item::Item(std::string name, int price) : name_(std::move(name)), price_(price) {}
int Item::price() const { return price_; }
//                               ^ resolved/read include/shop/item.h:25
Item Item::make(int price) { return Item("made", price); }
//                                  ^ resolved/new include/shop/item.h:11 :5
namespace {
int twice(int x) { return x + x; }
}
int version() { return twice(detail::round_up(2)); }
//                     ^ exact/call :11
//                                   ^ resolved/call include/shop/item.h:29
}  // namespace shop
