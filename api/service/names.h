#pragma once
// Names of vocabularies as questions write them, with "did you mean". Pure functions.
// kInvalidArgument for a name that is none.
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "graph/types.h"

namespace cairn::api {

/// kInvalidArgument: "<what>: 'x' is none, did you mean y (a, b, c)".
Error no_such_name(std::string_view what, std::string_view given,
                   std::span<const std::string_view> names);

Result<std::uint64_t> symbol_kind_bits(const std::vector<std::string_view>& names);
Result<std::uint32_t> edge_kind_bits(const std::vector<std::string_view>& names);
/// Bits of graph::symbol_flag.
Result<std::uint32_t> flag_bits(const std::vector<std::string_view>& names);
/// The tiers from the best to the one named: exact, resolved, dispatch or heuristic.
Result<std::uint8_t> tiers_named(std::string_view name);

/// "a,b" -> {"a", "b"}; empty text -> {}.
std::vector<std::string_view> split_list(std::string_view text);

}  // namespace cairn::api
