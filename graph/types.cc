// Name tables of the vocabularies, generated from graph/schema.def.
#include "graph/types.h"

#include <array>
#include <cstddef>

namespace cairn::graph {
namespace {

constexpr std::string_view kLanguageNames[] = {
#define CAIRN_LANGUAGE(name, text, family, separator) text,
#include "graph/schema.def"
};
constexpr Family kFamilies[] = {
#define CAIRN_LANGUAGE(name, text, family, separator) Family::family,
#include "graph/schema.def"
};
constexpr std::string_view kSeparators[] = {
#define CAIRN_LANGUAGE(name, text, family, separator) separator,
#include "graph/schema.def"
};
constexpr std::string_view kSymbolKindNames[] = {
#define CAIRN_SYMBOL_KIND(name, text, meaning) text,
#include "graph/schema.def"
};
constexpr std::string_view kEdgeKindNames[] = {
#define CAIRN_EDGE_KIND(name, text, meaning) text,
#include "graph/schema.def"
};
constexpr std::string_view kTierNames[] = {
#define CAIRN_TIER(name, text, meaning) text,
#include "graph/schema.def"
};
constexpr std::string_view kRefRoleNames[] = {
#define CAIRN_REF_ROLE(name, text) text,
#include "graph/schema.def"
};
constexpr std::string_view kOriginNames[] = {
#define CAIRN_ORIGIN(name, text, meaning) text,
#include "graph/schema.def"
};
constexpr std::string_view kReasonNames[] = {
#define CAIRN_REASON(name, text, meaning) text,
#include "graph/schema.def"
};
constexpr std::string_view kVisibilityNames[] = {"unknown", "public",  "protected",
                                                 "package", "private", "file"};
constexpr std::string_view kParseStatusNames[] = {"ok", "errors", "outline", "skipped"};
constexpr std::string_view kFlagNames[] = {
    "exported",  "static",      "abstract",    "virtual",       "async",        "deprecated",
    "test",      "entry_point", "generated",   "override",      "final",        "const",
    "generator", "declaration", "mergeable",   "property",      "class_method", "extension",
    "anonymous", "decorated",   "conditional", "default_export"};

template <class Enum, std::size_t kSize>
std::string_view entry(const std::string_view (&table)[kSize], Enum value) {
  const auto i = static_cast<std::size_t>(value);
  return i < kSize ? table[i] : std::string_view("unknown");
}

template <class Enum, std::size_t kSize>
std::optional<Enum> find(const std::string_view (&table)[kSize], std::string_view text) {
  for (std::size_t i = 0; i < kSize; ++i) {
    if (table[i] == text) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(Language v) { return entry(kLanguageNames, v); }
std::string_view name_of(SymbolKind v) { return entry(kSymbolKindNames, v); }
std::string_view name_of(EdgeKind v) { return entry(kEdgeKindNames, v); }
std::string_view name_of(Tier v) { return entry(kTierNames, v); }
std::string_view name_of(RefRole v) { return entry(kRefRoleNames, v); }
std::string_view name_of(Origin v) { return entry(kOriginNames, v); }
std::string_view name_of(Reason v) { return entry(kReasonNames, v); }
std::string_view name_of(Visibility v) { return entry(kVisibilityNames, v); }
std::string_view name_of(ParseStatus v) { return entry(kParseStatusNames, v); }
std::string_view flag_name(unsigned bit) { return entry(kFlagNames, bit); }

std::optional<Language> language_named(std::string_view text) {
  return find<Language>(kLanguageNames, text);
}
std::optional<SymbolKind> symbol_kind_named(std::string_view text) {
  return find<SymbolKind>(kSymbolKindNames, text);
}
std::optional<EdgeKind> edge_kind_named(std::string_view text) {
  return find<EdgeKind>(kEdgeKindNames, text);
}
std::optional<Tier> tier_named(std::string_view text) { return find<Tier>(kTierNames, text); }

Family family_of(Language language) {
  const auto i = static_cast<std::size_t>(language);
  return i < std::size(kFamilies) ? kFamilies[i] : Family::kNone;
}
std::string_view separator_of(Language language) { return entry(kSeparators, language); }

bool is_type(SymbolKind kind) {
  switch (kind) {
    case SymbolKind::kClass:
    case SymbolKind::kStruct:
    case SymbolKind::kUnion:
    case SymbolKind::kInterface:
    case SymbolKind::kTrait:
    case SymbolKind::kEnum:
      return true;
    default:
      return false;
  }
}

bool is_callable(SymbolKind kind) {
  switch (kind) {
    case SymbolKind::kFunction:
    case SymbolKind::kMethod:
    case SymbolKind::kConstructor:
    case SymbolKind::kDestructor:
    case SymbolKind::kTest:
      return true;
    default:
      return false;
  }
}

}  // namespace cairn::graph
