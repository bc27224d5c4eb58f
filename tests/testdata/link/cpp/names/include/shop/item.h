#pragma once
#include <memory>
#include <string>
#include <vector>

namespace shop {
class Visitor;

enum class Size { kSmall, kLarge };

class Item {
 public:
  Item();
  explicit Item(std::string name, int price = 0);
  virtual ~Item() = default;
  virtual int price() const;
  const std::string& name() const { return name_; }
  //    ^ external external:std#
  //         ^ external/type external:std#string
  //                                       ^ resolved/read :24
  static Item make(int price);
  Item* operator->() { return this; }
 protected:
  std::string name_;
  int price_ = 0;
};

namespace detail {
int round_up(int value);
int round_up(int value, int step);
}  // namespace detail

inline namespace v2 {
int version();
}
}  // namespace shop
