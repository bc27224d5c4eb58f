#include "api/handlers/page.h"

#include <algorithm>

#include "base/text.h"
#include "base/version.h"

namespace cairn::api {
namespace {

constexpr std::string_view kStyle =
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding"
    ":0 1rem}"
    "table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ccc;overflow-"
    "wrap:anywhere}"
    "code,pre{font-family:ui-monospace,monospace;font-size:13px}"
    "pre{background:#8881;padding:.8rem;overflow:auto}";

std::string cell(std::string_view text) { return "<td>" + escape_html(text) + "</td>"; }

std::string repo_rows(const std::vector<RepoRow>& repos) {
  std::string out;
  for (const RepoRow& row : repos) {
    out += "<tr>" + cell(row.repo.repo.slug) + cell(row.repo.repo.source);
    if (row.view) {
      out +=
          cell(row.view->row.commit.empty() ? "working tree" : row.view->row.commit.substr(0, 12));
      out += cell(human_count(row.view->row.files)) + cell(human_count(row.view->row.symbols));
    } else {
      out += cell("not indexed yet") + cell("") + cell("");
    }
    out += "</tr>\n";
  }
  return out;
}

std::string job_rows(const std::vector<JobRow>& jobs) {
  std::string out;
  for (const JobRow& row : jobs) {
    const store::Job& job = row.view.job;
    std::string progress = job.stage;
    if (row.view.progress)
      progress = row.view.progress->stage + " " + human_count(row.view.progress->done) + " of " +
                 human_count(row.view.progress->total);
    out += "<tr>" + cell(std::to_string(job.id)) + cell(row.slug) + cell(name_of(job.kind)) +
           cell(name_of(job.state)) + cell(progress) + cell(job.error_message) + "</tr>\n";
  }
  return out;
}

std::string examples(const HomePage& page) {
  const std::string slug = page.repos.empty() ? "REPO" : page.repos.front().repo.repo.slug;
  const std::string base = "http://" + page.host + "/api/v1";
  const std::string repo = base + "/repos/" + slug;
  const std::string curl = "curl -H \"Authorization: Bearer $CAIRN_TOKEN\" ";
  return curl + "'" + base + "/repos'\n" + curl + "'" + repo + "/status'\n" + curl + "'" + repo +
         "/symbols?q=main'\n" + curl + "'" + repo + "/callers?id=SYMBOL&depth=3'\n" + curl + "'" +
         repo + "/graph/overview?level=directory'\n" + curl + "-X POST '" + repo + "/index'\n";
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string_view home_style_hash() { return "l54mZ/8fu7XnfLAwb2JKBDmo6WD0MGqV2DcoIMnWzTM="; }

std::string home_html(const HomePage& page) {
  std::string out =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<title>cairn</title><style>";
  out += kStyle;
  out += "</style></head>\n<body><h1>cairn " + escape_html(version()) + "</h1>\n";
  if (page.who.has(Scope::kRead)) {
    out +=
        "<h2>Repositories</h2><table><tr><th>name</th><th>source</th><th>commit</th>"
        "<th>files</th><th>symbols</th></tr>\n" +
        repo_rows(page.repos) +
        "</table>\n<h2>Jobs</h2><table><tr><th>id</th><th>repository</th><th>kind</th>"
        "<th>state</th><th>progress</th><th>error</th></tr>\n" +
        job_rows(page.jobs) + "</table>\n";
  } else {
    out += "<p>Repositories and jobs are shown to those who send a token.</p>\n";
  }
  std::string lines;
  // Line ends stay, all else is made safe.
  const std::string shown = examples(page);
  for (std::string_view rest = shown; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    lines += escape_html(line) + "\n";
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  }
  out += "<h2>Requests to try</h2><pre>" + lines +
         "</pre>\n<p>All operations: <a href=\"/api/v1/openapi.json\">openapi.json</a>.</p>"
         "</body></html>\n";
  return out;
}

}  // namespace cairn::api
