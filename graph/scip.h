#pragma once
// SCIP symbol strings: `<scheme> <manager> <package> <version> <descriptors>`. Pure string
// functions.
#include <cstdint>
#include <string>
#include <string_view>

#include "graph/types.h"

namespace cairn::graph {

/// "cairn <manager> <package> . ": manager "" is "local", package "" is "."; spaces are doubled.
std::string scip_prefix(std::string_view manager, std::string_view package);
/// One namespace descriptor per "/"-separated part of `path`.
void append_namespaces(std::string& out, std::string_view path);
/// The descriptor of one symbol; `ordinal` tells repeats of one id apart ("+n").
void append_descriptor(std::string& out, SymbolKind kind, std::string_view name,
                       std::uint32_t disambiguator, std::uint32_t ordinal);
/// A type descriptor for every part of a written qualifier ("A::B").
void append_qualifier(std::string& out, std::string_view qualifier);
/// Name inside the last descriptor, unescaped, without a method's disambiguator; "" when the text
/// is no symbol string.
std::string last_descriptor_name(std::string_view id);

}  // namespace cairn::graph
