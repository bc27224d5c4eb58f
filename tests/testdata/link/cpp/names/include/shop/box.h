#pragma once
#include "shop/item.h"

namespace shop {
class Box : public Item {
  //               ^ resolved/inherit include/shop/item.h:11
 public:
  using Items = std::vector<std::unique_ptr<Item>>;
  int price() const override;
  int total() const;
  Size size() const;
  // @3 resolved/type include/shop/item.h:9
 private:
  class Lid {
   public:
    bool open();
  };
  Items items_;
  Lid lid_;
};
}  // namespace shop
