#pragma once
// The start page: repositories, jobs and example requests as plain HTML without scripts. All text
// is escaped. Pure functions.
#include <string>
#include <string_view>
#include <vector>

#include "api/service/repo_service.h"

namespace cairn::api {

struct HomePage {
  Principal who;
  std::vector<RepoRow> repos;
  std::vector<JobRow> jobs;
  std::string host;  // as the client wrote it
};

std::string home_html(const HomePage& page);
/// Base64 SHA-256 of the page's style element, for its Content-Security-Policy.
std::string_view home_style_hash();

std::string escape_html(std::string_view text);

}  // namespace cairn::api
