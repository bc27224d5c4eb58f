#pragma once
// Types of .NET that programs use by their bare name. A pure function over a static table.
#include <string_view>

namespace cairn::indexer::syntax::csharp {

/// "System.Collections.Generic" for "List"; empty for a name that is not in the table.
std::string_view library_namespace(std::string_view type);

}  // namespace cairn::indexer::syntax::csharp
