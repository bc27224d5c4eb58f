#pragma once
// Conditional directives that the grammar cannot parse around: `#if` in the middle of a member or
// around half of one. Pure function of the source.
#include <string>
#include <string_view>

namespace cairn::indexer::syntax::csharp {

/// The source with such directives and all but their first branch blanked, lengths and lines kept;
/// empty when nothing had to be hidden. Conditions around whole members or statements stay.
std::string hide_conditions(std::string_view source);

}  // namespace cairn::indexer::syntax::csharp
