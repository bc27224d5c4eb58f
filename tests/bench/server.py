#!/usr/bin/env python3
"""cairn serve under load: real answers over HTTP, measured with wrk (package wrk).

server.py BUILD REPOSITORY [--seconds N] [--connections N] [--json FILE]

BUILD is a build folder with bin/cairn. The repository is pinned to a server of its own on a free
loopback port, with its data in a temporary folder; symbols are picked evenly from those the server
finds. Prints p50, p99 and requests per second for each kind of question, and the time from the start
of a server on an indexed repository to its first answer. The rate limit is off; clients and server
share the processors.
"""
import argparse
import json
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    def __init__(self, cairn, data, config):
        self.url = f"http://127.0.0.1:{free_port()}"
        self.begin = time.monotonic()
        self.child = subprocess.Popen(
            [cairn, "serve", "--listen", self.url[7:], "--data", data, "--config", config],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def get(self, path, token):
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def until_answer(self, path, token):
        """Milliseconds from the start to the first answer."""
        while True:
            try:
                self.get(path, token)
                return (time.monotonic() - self.begin) * 1e3
            except OSError:
                if self.child.poll() is not None or time.monotonic() - self.begin > 60:
                    sys.exit("the server does not answer")
                time.sleep(0.001)

    def stop(self):
        self.child.terminate()
        self.child.wait()


def wrk(url, token, paths, options, folder):
    """Asks for the paths in turn; milliseconds p50 and p99, requests per second, errors."""
    script = Path(folder) / "paths.lua"
    listed = ",\n".join(json.dumps(path) for path in paths)
    script.write_text("local paths = {\n" + listed + "\n}\nlocal i = 0\nfunction request()\n"
                      "  i = i % #paths + 1\n  return wrk.format('GET', paths[i])\nend\n")
    out = subprocess.run(
        ["wrk", "-t1", f"-c{options.connections}", f"-d{options.seconds}s", "--latency",
         "-H", f"Authorization: Bearer {token}", "-s", script, url],
        check=True, capture_output=True, text=True).stdout

    def share(percent):
        number, unit = re.search(rf"^\s+{percent}%\s+([\d.]+)(us|ms|s|m)", out, re.M).groups()
        return float(number) * UNITS[unit]

    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return {"p50": share(50), "p99": share(99),
            "per_second": float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1)),
            "errors": int(bad.group(1)) if bad else 0}


def distinct(paths):
    paths = list(paths)
    random.Random(1).shuffle(paths)
    return paths


def questions(server, token, slug):
    base = f"/api/v1/repos/{slug}"
    # Functions and methods whose name has one of the commonest letters, spread over the answer.
    found = []
    for query in ("get", "set", "in", "re", "add", "co"):
        found += server.get(f"{base}/symbols?q={query}&limit=100", token)["symbols"]
    ids = sorted({row["symbol"]["id"] for row in found})
    if len(ids) < 20:
        sys.exit("too few symbols to ask about")
    quoted = [urllib.parse.quote(i, safe="") for i in ids]
    places = [row["symbol"] for row in found]
    return {
        "status": [f"{base}/status"],
        "symbol": [f"{base}/symbol?id={i}" for i in quoted],
        "callers": [f"{base}/callers?id={i}" for i in quoted],
        "callees": [f"{base}/callees?id={i}" for i in quoted],
        "references": [f"{base}/references?id={i}" for i in quoted],
        "callers to depth 3": [f"{base}/callers?id={i}&depth=3" for i in quoted],
        "at": [f"{base}/at?path={urllib.parse.quote(p['file'])}&line={p['line']}&column={p['column']}"
               for p in places],
        # More than can be asked, so that no answer is one kept from before.
        "callers, never asked": distinct(f"{base}/callers?id={i}&limit={n}" for n in range(1, 500)
                                         for i in quoted),
        "references, never asked": distinct(f"{base}/references?id={i}&limit={n}"
                                            for n in range(1, 500) for i in quoted),
        "symbols": [f"{base}/symbols?q={w}" for w in ("main", "get", "dictFind", "init", "parse")],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("repository")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--json")
    options = parser.parse_args()
    cairn = options.build / "bin" / "cairn"
    with tempfile.TemporaryDirectory(prefix="cairn-bench-") as folder:
        data = Path(folder) / "data"
        data.mkdir()
        config = Path(folder) / "cairn.toml"
        config.write_text("[http]\nrequests_per_second = 0\n[server]\nlog_level = \"warning\"\n")
        token = subprocess.run([cairn, "token", "create", "--data", data, "--scope", "read,index",
                                "--quiet"], check=True, capture_output=True, text=True).stdout.strip()
        token_file = Path(folder) / "token"
        token_file.write_text(token)
        server = Server(cairn, data, config)
        server.until_answer("/api/v1/repos", token)
        subprocess.run([cairn, "pin", options.repository, "--server", server.url, "--name", "bench",
                        "--token-file", token_file], check=True)
        results = {}
        asked = questions(server, token, "bench")
        print(f"load {os.getloadavg()[0]:.2f}, {options.connections} connections")
        for name, paths in asked.items():
            results[name] = wrk(server.url, token, paths, options, folder)
            row = results[name]
            print(f"{name:20} p50 {row['p50']:8.2f} ms   p99 {row['p99']:8.2f} ms   "
                  f"{row['per_second']:9.0f}/s   {row['errors']} errors", flush=True)
        first = asked["symbol"][0]
        server.stop()
        starts = []
        for _ in range(5):
            server = Server(cairn, data, config)
            starts.append(server.until_answer(first, token))
            server.stop()
        results["start to first answer, ms"] = statistics.median(starts)
        print(f"start to first answer: median {statistics.median(starts):.0f} ms of 5")
        print(f"load {os.getloadavg()[0]:.2f} at the end")
        if options.json:
            Path(options.json).write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
