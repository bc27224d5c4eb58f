#!/usr/bin/env bash
# Fuzzes a running server from its own OpenAPI document with schemathesis (PyPI). Two passes: the
# document as it is served; and a stricter copy, which loses the `default` answers, so that every
# status must be named, and gets REPO as a likely value of {repo}, so that calls reach the code behind.
# The server may be changed by it (tokens, settings, jobs): give it a data folder of its own.
#
#   CAIRN_TOKEN=cairn_... tests/conformance/schemathesis.sh http://127.0.0.1:7420 REPO [SECONDS]
#
# Needs python3 and `schemathesis` on the PATH (pip install schemathesis==4.32.5). Exits 1 on findings.
set -euo pipefail
server=${1:?address of the server} repo=${2:?a repository it has indexed} seconds=${3:-600}
: "${CAIRN_TOKEN:?a token with the scopes read, index and admin}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 - "$server" "$repo" "$work/strict.json" <<'PY'
import json, sys, urllib.request
server, repo, out = sys.argv[1:]
document = json.load(urllib.request.urlopen(server + "/api/v1/openapi.json"))
for item in document["paths"].values():
    for operation in item.values():
        if isinstance(operation, dict) and "responses" in operation:
            default = operation["responses"].pop("default")
            # Long paths, percent-encoded, exceed the length of a target; the front says so.
            operation["responses"]["414"] = default
document["components"]["parameters"]["Repo"]["schema"] = {
    "anyOf": [{"enum": [repo]}, {"type": "string", "minLength": 1, "maxLength": 64}]}
schemas = document["components"]["schemas"]
schemas["RepoChange"]["properties"].pop("slug")  # REPO keeps its name
schemas["NewRepo"]["properties"]["source"] = {"enum": ["/absent", "/etc/passwd"]}
json.dump(document, open(out, "w"))
PY

# TRACE and unknown methods get 501, as RFC 9110 has it; schemathesis takes any 5xx for a fault.
cat >"$work/schemathesis.toml" <<'TOML'
[phases.coverage]
unexpected-methods = ["GET", "PUT", "POST", "PATCH", "DELETE", "OPTIONS"]
TOML

fuzz() {
  schemathesis --config-file "$work/schemathesis.toml" run "$@" \
    --url "$server" --header "Authorization: Bearer $CAIRN_TOKEN" \
    --phases coverage,fuzzing --max-examples 500 --max-time "$seconds" --workers 1 \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
    --exclude-operation-id removeRepo --exclude-operation-id revokeToken \
    --exclude-operation-id followEvents --exclude-operation-id openSocket \
    --continue-on-failure --no-shrink --suppress-health-check all --warnings off
}
cd "$work"
status=0
fuzz "$server/api/v1/openapi.json" --exclude-operation-id addRepo || status=1
fuzz "$work/strict.json" || status=1
exit "$status"
