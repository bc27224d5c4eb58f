"""openapi_json.py IN.yaml OUT.cc: the OpenAPI document as JSON inside a C++ source."""
import json
import sys

import yaml

source, target = sys.argv[1:]
with open(source, encoding="utf-8") as file:
    document = yaml.safe_load(file)
document.pop("x-errors", None)  # only there to be referred to while writing
text = json.dumps(document, separators=(",", ":"), ensure_ascii=True)
# Compilers limit one literal; neighbours are joined.
pieces = [text[i : i + 8000] for i in range(0, len(text), 8000)]
with open(target, "w", encoding="utf-8") as file:
    file.write('#include "api/routing/api_spec.h"\n\nnamespace cairn::api {\n\n')
    file.write("std::string_view openapi_json() {\n  static constexpr char kText[] =\n")
    file.writelines(f'      R"~({piece})~"\n' for piece in pieces)
    file.write("      ;\n  return {kText, sizeof kText - 1};\n}\n\n}  // namespace cairn::api\n")
