#include <iostream>
#include <boost/asio.hpp>
#include "shop/box.h"

using namespace shop;
namespace d = shop::detail;
using shop::detail::round_up;

struct Shelf {
  Item items[3];
  Item& at(int i) { return items[i]; }
  Item& operator[](int i) { return items[i]; }
};

void fill(Shelf& shelf, boost::asio::io_context& context) {
  //                    ^ external external:boost#
  //                                 ^ external/type external:boost#asio.io_context
  shelf.at(1).price();
  //    ^ resolved/call :11
  //          ^ dispatch/call src/item.cc:6 src/box.cc:17
  shelf[2].name();
  //       ^ resolved/call include/shop/item.h:17
  shelf.items->make(3);
  //           ^ resolved/call src/item.cc:8
  Item made = Item::make(2);
  //          ^ resolved include/shop/item.h:11
  made->name();
  //    ^ resolved/call include/shop/item.h:17
  Item* owned = new Item("x", 1);
  //                ^ resolved/new include/shop/item.h:11 src/item.cc:5
  owned->nothing();
  //     ^ unresolved
  d::round_up(1, 2);
  // ^ resolved/call include/shop/item.h:30
  round_up(3);
  //@3 resolved/call include/shop/item.h:29
  shop::version();
  //    ^ resolved/call include/shop/item.h:34
  std::cout << __LINE__ << context.run();
  //   ^ external/read external:std#cout
  //                               ^ external/call external:boost#asio.io_context.run
}
