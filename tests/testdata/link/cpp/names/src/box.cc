#include "shop/box.h"
#include <algorithm>

namespace shop {
namespace {
class Counter {
 public:
  int next();
  int value = 0;
};
int Counter::next() { return ++value; }
// @5 exact/type :6
//                             ^ resolved/write :9
int twice(int x) { return x * 2; }
}  // namespace

int Box::price() const {
  // @5 resolved/type include/shop/box.h:5
  return total() + price_;
  //     ^ resolved/call :27
  //               ^ resolved/read include/shop/item.h:25
}

bool Box::Lid::open() { return true; }
//        ^ resolved/type include/shop/box.h:14

int Box::total() const {
  Counter counter;
  //@3 exact/type :6
  int sum = detail::round_up(counter.next(), 4);
  //        ^ resolved include/shop/item.h:28
  //                ^ resolved/call include/shop/item.h:30
  //                                 ^ resolved/call :11
  for (const auto& item : items_) sum += item->price();
  //                      ^ resolved/read include/shop/box.h:18
  //                                           ^ dispatch/call :17 src/item.cc:6
  if (size() == Size::kSmall) sum = twice(std::max(sum, 1));
  //  ^ resolved/call include/shop/box.h:11
  //            ^ resolved include/shop/item.h:9
  //                  ^ resolved/read include/shop/item.h:9
  //                                ^ exact/call :14
  //                                           ^ external/call external:std#max
  Item::price();
  //    ^ resolved/call src/item.cc:6
  return std::make_unique<Item>()->price() + this->lid_.open();
  //                                               ^ resolved/read include/shop/box.h:19
  //                                                    ^ resolved/call :24
}
}  // namespace shop
