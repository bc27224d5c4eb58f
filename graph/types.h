#pragma once
// The closed vocabularies of the code graph: languages, symbol kinds, edge kinds, tiers, roles.
// Values are stored in files: append, never renumber, and raise kSnapshotMajor (graph/format.h)
// when a meaning changes. Text names are part of the export format; graph/types.cc holds them in
// tables generated from graph/schema.def.
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ids.h"

namespace cairn::graph {

enum class Language : std::uint8_t {
#define CAIRN_LANGUAGE(name, text, family, separator) name,
#include "graph/schema.def"
};

enum class SymbolKind : std::uint8_t {
#define CAIRN_SYMBOL_KIND(name, text, meaning) name,
#include "graph/schema.def"
};

enum class EdgeKind : std::uint8_t {
#define CAIRN_EDGE_KIND(name, text, meaning) name,
#include "graph/schema.def"
};

/// How surely a reference site is bound, best first. See docs/schema.md for required precision.
enum class Tier : std::uint8_t {
#define CAIRN_TIER(name, text, meaning) name,
#include "graph/schema.def"
};

/// What a reference site does with the thing it names.
enum class RefRole : std::uint8_t {
#define CAIRN_REF_ROLE(name, text) name,
#include "graph/schema.def"
};

/// The rule that bound a site. Precision is published per origin.
enum class Origin : std::uint8_t {
#define CAIRN_ORIGIN(name, text, meaning) name,
#include "graph/schema.def"
};

/// Why a site has no target.
enum class Reason : std::uint8_t {
#define CAIRN_REASON(name, text, meaning) name,
#include "graph/schema.def"
};

enum class Visibility : std::uint8_t { kUnknown, kPublic, kProtected, kPackage, kPrivate, kFile };

/// How far extraction of a file got.
enum class ParseStatus : std::uint8_t { kOk, kErrors, kOutline, kSkipped };

namespace symbol_flag {
inline constexpr std::uint32_t kExported = 1u << 0;
inline constexpr std::uint32_t kStatic = 1u << 1;
inline constexpr std::uint32_t kAbstract = 1u << 2;
inline constexpr std::uint32_t kVirtual = 1u << 3;
inline constexpr std::uint32_t kAsync = 1u << 4;
inline constexpr std::uint32_t kDeprecated = 1u << 5;
inline constexpr std::uint32_t kTest = 1u << 6;
inline constexpr std::uint32_t kEntryPoint = 1u << 7;
inline constexpr std::uint32_t kGenerated = 1u << 8;
inline constexpr std::uint32_t kOverride = 1u << 9;
inline constexpr std::uint32_t kFinal = 1u << 10;
inline constexpr std::uint32_t kConst = 1u << 11;
inline constexpr std::uint32_t kGenerator = 1u << 12;
/// A prototype, forward declaration, ambient or overload signature; the definition may be
/// elsewhere.
inline constexpr std::uint32_t kDeclaration = 1u << 13;
/// May be spread over several places that are one symbol (namespace, partial or reopened class).
inline constexpr std::uint32_t kMergeable = 1u << 14;
/// Getter/setter: reading the name calls it.
inline constexpr std::uint32_t kProperty = 1u << 15;
inline constexpr std::uint32_t kClassMethod = 1u << 16;
/// Takes a receiver as first written parameter (C#/Kotlin extension).
inline constexpr std::uint32_t kExtension = 1u << 17;
inline constexpr std::uint32_t kAnonymous = 1u << 18;
inline constexpr std::uint32_t kDecorated = 1u << 19;
/// The symbol has several definitions in one scope of one file under conditions (#if, try/except).
inline constexpr std::uint32_t kConditional = 1u << 20;
/// Bound by `export default` or as the module's whole value.
inline constexpr std::uint32_t kDefaultExport = 1u << 21;
}  // namespace symbol_flag

struct FileTag;
struct SymbolTag;
struct StringTag;
using FileId = Id<FileTag>;
using SymbolId = Id<SymbolTag>;
using StringId = Id<StringTag>;

/// 1-based line and column; columns count UTF-8 bytes; `end` is exclusive.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  friend auto operator<=>(const Position&, const Position&) = default;
};
struct Range {
  Position begin;
  Position end;
  friend auto operator<=>(const Range&, const Range&) = default;
};

/// Complexity of one function, profile `std` (docs/schema.md, section Metrics).
struct Metrics {
  std::uint16_t cyclomatic = 0;
  std::uint16_t cognitive = 0;
  std::uint16_t nesting = 0;
  std::uint16_t parameters = 0;
  std::uint32_t nloc = 0;
  friend auto operator<=>(const Metrics&, const Metrics&) = default;
};

std::string_view name_of(Language);
std::string_view name_of(SymbolKind);
std::string_view name_of(EdgeKind);
std::string_view name_of(Tier);
std::string_view name_of(RefRole);
std::string_view name_of(Origin);
std::string_view name_of(Reason);
std::string_view name_of(Visibility);
std::string_view name_of(ParseStatus);
/// Names of the flags set, in bit order, as exported in "flags".
std::string_view flag_name(unsigned bit);

std::optional<Language> language_named(std::string_view);
std::optional<SymbolKind> symbol_kind_named(std::string_view);
std::optional<EdgeKind> edge_kind_named(std::string_view);
std::optional<Tier> tier_named(std::string_view);

/// Languages of one family share a graph (c and cpp; javascript, typescript and tsx); a name never
/// binds across families.
enum class Family : std::uint8_t {
  kNone,
  kC,
  kPython,
  kJs,
  kJava,
  kGo,
  kRust,
  kCSharp,
  kRuby,
  kPhp,
  kKotlin,
  kBash,
  kScala,
  kSwift,
  kLua
};
Family family_of(Language);
/// What joins the parts of a qualified name: "." or "::".
std::string_view separator_of(Language);
/// Class-like kinds: those that can have members and supertypes.
bool is_type(SymbolKind);
/// Kinds that can be called and carry metrics.
bool is_callable(SymbolKind);

}  // namespace cairn::graph
