#include "api/service/names.h"

#include <algorithm>

#include "analysis/references.h"
#include "base/text.h"
#include "graph/algorithms.h"

namespace cairn::api {
namespace {

constexpr std::string_view kSymbolKindNames[] = {
#define CAIRN_SYMBOL_KIND(name, text, meaning) text,
#include "graph/schema.def"
};
constexpr std::string_view kEdgeKindNames[] = {
#define CAIRN_EDGE_KIND(name, text, meaning) text,
#include "graph/schema.def"
};
constexpr std::string_view kTierNames[] = {"exact", "resolved", "dispatch", "heuristic"};

template <class Bits>
Result<Bits> bits_of(std::string_view what, const std::vector<std::string_view>& given,
                     std::span<const std::string_view> names) {
  Bits bits = 0;
  for (const std::string_view name : given) {
    const auto at = std::find(names.begin(), names.end(), name);
    if (at == names.end()) return no_such_name(what, name, names);
    bits |= Bits{1} << (at - names.begin());
  }
  return bits;
}

}  // namespace

Error no_such_name(std::string_view what, std::string_view given,
                   std::span<const std::string_view> names) {
  std::string text = std::string(what) + ": '" + printable(given) + "' is none";
  for (const std::string_view near : suggest(given, names, 1))
    text += ", did you mean '" + std::string(near) + "'";
  text += "; there are ";
  for (std::size_t i = 0; i < names.size(); ++i)
    text += (i == 0 ? "" : ", ") + std::string(names[i]);
  return Error(ErrorCode::kInvalidArgument, text);
}

Result<std::uint64_t> symbol_kind_bits(const std::vector<std::string_view>& names) {
  return bits_of<std::uint64_t>("kind", names, kSymbolKindNames);
}

Result<std::uint32_t> edge_kind_bits(const std::vector<std::string_view>& names) {
  return bits_of<std::uint32_t>("edges", names, kEdgeKindNames);
}

Result<std::uint32_t> flag_bits(const std::vector<std::string_view>& names) {
  static const std::vector<std::string_view> kNames = [] {
    std::vector<std::string_view> all;
    for (unsigned bit = 0; bit < 32; ++bit)
      if (const std::string_view name = graph::flag_name(bit); name != "unknown")
        all.push_back(name);
    return all;
  }();
  return bits_of<std::uint32_t>("flags", names, kNames);
}

Result<std::uint8_t> tiers_named(std::string_view name) {
  const auto at = std::find(std::begin(kTierNames), std::end(kTierNames), name);
  if (at == std::end(kTierNames)) return no_such_name("tier", name, kTierNames);
  return analysis::tiers_up_to(static_cast<graph::Tier>(at - std::begin(kTierNames)));
}

std::vector<std::string_view> split_list(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    parts.push_back(text.substr(0, comma));
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return parts;
}

}  // namespace cairn::api
