#!/usr/bin/env python3
"""Whole-process measurements of cairn on real repositories.

run.py --build BUILD [--runs N] [--edits N] [--only a,b,...] [--json FILE] REPOSITORY...

BUILD is a build folder of the `bench` preset. Each repository is copied into a temporary folder
first and never changed. Runs of what is compared are interleaved, so that a change in the machine's
load meets all of them alike; medians are printed, with ratios and the load. Sections: parse (full
index against tree-sitter alone), threads, growth (CPU over a 64-fold range of bytes), edits, queries.
"""
import argparse
import json
import math
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SECTIONS = ("parse", "threads", "growth", "edits", "queries")


def measured(command):
    """Runs a command; (stdout, wall seconds, CPU seconds, peak RSS in bytes)."""
    begin = time.monotonic()
    child = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE)
    out = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"failed with {child.returncode}: {' '.join(map(str, command))}")
    wall = time.monotonic() - begin
    return out, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def folder_bytes(folder):
    return sum(f.stat().st_size for f in Path(folder).rglob("*") if f.is_file())


class Bench:
    def __init__(self, options, scratch):
        self.options = options
        self.scratch = Path(scratch)
        self.build = Path(options.build)
        self.results = {}

    def tool(self, name):
        for place in (self.build / "bin" / name, self.build / "tests/bench" / name):
            if place.is_file():
                return place
        sys.exit(f"{name} is not in {self.build}: build the bench preset first")

    def index(self, source, threads, data=None):
        """A full index into a new data folder, or a run over the one given."""
        fresh = data is None
        data = data or self.scratch / "data"
        if fresh:
            shutil.rmtree(data, ignore_errors=True)
        out, wall, cpu, rss = measured([self.tool("cairn"), "index", source, "--data", data,
                                        "--threads", threads, "--json", "--quiet"])
        return {"report": json.loads(out), "wall": wall, "cpu": cpu, "rss": rss}

    def note(self, name, section, key, value, unit="", target=None, met=None):
        self.results.setdefault(name, {})[f"{section}.{key}"] = value
        shown = f"{value:.3f}" if isinstance(value, float) else str(value)
        verdict = "" if target is None else f"   target {target}: {'met' if met else 'NOT met'}"
        print(f"  {section:8} {key:34} {shown:>14} {unit}{verdict}", flush=True)

    def parse(self, name, source):
        full, alone = [], []
        for _ in range(self.options.runs):
            full.append(self.index(source, 1))
            alone.append(json.loads(measured([self.tool("cairn_parse_only"), source])[0]))
        cpu = statistics.median(run["cpu"] for run in full)
        base = statistics.median(run["cpu"] for run in alone)
        lines = full[0]["report"]["lines"]
        self.note(name, "parse", "files parsed", alone[0]["files"])
        self.note(name, "parse", "lines", lines)
        self.note(name, "parse", "bytes", alone[0]["bytes"])
        self.note(name, "parse", "tree-sitter alone, CPU", base, "s")
        self.note(name, "parse", "full index, CPU", cpu, "s")
        self.note(name, "parse", "full index / tree-sitter alone", cpu / base, "",
                  "<= 2.0", cpu / base <= 2.0)
        self.note(name, "parse", "lines per CPU second", lines / cpu)
        rss = statistics.median(run["rss"] for run in full)
        limit = 150e6 + 40 * lines
        self.note(name, "memory", "peak RSS, 1 thread", rss / 1e6, "MB",
                  f"<= {limit / 1e6:.0f} MB", rss <= limit)
        snapshot = full[0]["report"]["snapshot_bytes"] / lines
        self.note(name, "disk", "snapshot bytes per line", snapshot, "", "<= 60", snapshot <= 60)
        facts = folder_bytes(self.scratch / "data" / "facts") / lines
        self.note(name, "disk", "facts bytes per line", facts, "", "<= 120", facts <= 120)

    def threads(self, name, source):
        runs = {1: [], 2: []}
        for _ in range(self.options.runs):
            for threads, list_ in runs.items():
                list_.append(self.index(source, threads))
        one, two = (statistics.median(run["wall"] for run in runs[n]) for n in (1, 2))
        self.note(name, "threads", "1 thread, wall", one, "s")
        self.note(name, "threads", "2 threads, wall", two, "s")
        self.note(name, "threads", "speed-up", one / two, "", ">= 1.8", one / two >= 1.8)
        rss = statistics.median(run["rss"] for run in runs[2])
        limit = 150e6 + 40 * runs[2][0]["report"]["lines"]
        self.note(name, "memory", "peak RSS, 2 threads", rss / 1e6, "MB",
                  f"<= {limit / 1e6:.0f} MB", rss <= limit)

    def growth(self, name, source):
        """CPU of subsets that hold 1/64, 1/16, 1/4 and all of the bytes, files picked at random."""
        files = [f for f in sorted(Path(source).rglob("*"))
                 if f.is_file() and not f.is_symlink() and ".git" not in f.parts]
        random.Random(1).shuffle(files)
        total = sum(f.stat().st_size for f in files)
        points = []
        for share in (64, 16, 4, 1):
            subset = self.scratch / f"subset{share}"
            shutil.rmtree(subset, ignore_errors=True)
            taken = 0
            for file in files:
                if taken * share > total:
                    break
                place = subset / file.relative_to(source)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, place)
                taken += file.stat().st_size
            runs = [self.index(subset, 1) for _ in range(self.options.runs)]
            size = runs[0]["report"]["bytes"]
            cpu = statistics.median(run["cpu"] for run in runs)
            points.append((math.log(size), math.log(cpu)))
            self.note(name, "growth", f"CPU of {size / 1e6:.2f} MB", cpu, "s")
            shutil.rmtree(subset)
        mean_x = statistics.mean(x for x, _ in points)
        mean_y = statistics.mean(y for _, y in points)
        slope = (sum((x - mean_x) * (y - mean_y) for x, y in points) /
                 sum((x - mean_x) ** 2 for x, _ in points))
        self.note(name, "growth", "exponent of bytes", slope, "", "<= 1.05", slope <= 1.05)

    def edits(self, name, source):
        data = self.scratch / "edits"
        shutil.rmtree(data, ignore_errors=True)
        out = json.loads(measured([self.tool("cairn_edit_latency"), source, data,
                                   self.options.edits])[0])
        self.note(name, "edits", "edits", out["edits"])
        self.note(name, "edits", "of them as overlays", out["overlays"])
        self.note(name, "edits", "most files linked", out["most_files_linked"])
        self.note(name, "edits", "in process, p50", out["p50"], "ms", "<= 100", out["p50"] <= 100)
        self.note(name, "edits", "in process, p99", out["p99"], "ms", "<= 300", out["p99"] <= 300)
        for share in ("p50", "p99"):
            self.note(name, "edits", f"CPU, {share}", out[f"cpu_{share}"], "ms")
        walls = []
        files = [f for f in Path(source).rglob("*")
                 if f.suffix in (".c", ".py", ".js", ".ts", ".java") and ".git" not in f.parts
                 and f.is_file()]
        chosen = random.Random(3)
        for i in range(20):
            with open(chosen.choice(files), "a", encoding="utf-8") as file:
                file.write(f"\n// changed {i}\n" if file.name[-3:] != ".py" else f"\n# changed {i}\n")
            walls.append(self.index(source, 2, data)["wall"] * 1000)
        walls.sort()
        self.note(name, "edits", "whole process, p50", walls[len(walls) // 2], "ms")
        self.note(name, "edits", "whole process, max", walls[-1], "ms")

    def queries(self, name, source):
        data = self.scratch / "queries"
        shutil.rmtree(data, ignore_errors=True)
        self.index(source, 2, data)
        out = json.loads(measured([self.tool("cairn_query_latency"), source, data, 2000])[0])
        for key in ("callers", "references", "reach5"):
            self.note(name, "queries", f"{key}, p50", out[f"{key}_p50"], "ms")
            p99 = out[f"{key}_p99"]
            self.note(name, "queries", f"{key}, p99", p99, "ms", "<= 10", p99 <= 10)
            self.note(name, "queries", f"{key}, CPU, p99", out[f"{key}_cpu_p99"], "ms")
        self.note(name, "queries", "open + first answer, median", out["open_p50"], "ms", "<= 50",
                  out["open_p50"] <= 50)
        self.note(name, "queries", "open + first answer, CPU", out["open_cpu_p50"], "ms")
        each = out["bytes_per_edge"]
        self.note(name, "memory", "bytes per edge", each, "", "<= 16", each <= 16)

    def run(self, repository):
        name = Path(repository).name
        source = self.scratch / "sources" / name
        shutil.copytree(repository, source, symlinks=True)
        print(f"{name}: load {os.getloadavg()[0]:.2f} on {os.cpu_count()} processors", flush=True)
        for section in self.options.only:
            getattr(self, section)(name, source)
        print(f"{name}: load {os.getloadavg()[0]:.2f} at the end", flush=True)
        shutil.rmtree(source)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--edits", type=int, default=100)
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(SECTIONS))
    parser.add_argument("--json", help="write all values there")
    parser.add_argument("repository", nargs="+")
    options = parser.parse_args()
    for section in options.only:
        if section not in SECTIONS:
            parser.error(f"no section '{section}', there are {', '.join(SECTIONS)}")
    with tempfile.TemporaryDirectory(prefix="cairn-bench-") as scratch:
        bench = Bench(options, scratch)
        for repository in options.repository:
            bench.run(repository)
        names = [name for name, values in bench.results.items() if "edits.in process, p50" in values]
        if len(names) >= 2:
            key = lambda name: bench.results[name]["edits.in process, p50"]
            smaller, larger = names[0], names[-1]
            ratio = key(larger) / key(smaller)
            print(f"one-file change, p50: {larger} / {smaller} = {ratio:.2f}   target <= 1.5: "
                  f"{'met' if ratio <= 1.5 else 'NOT met'}")
        if options.json:
            Path(options.json).write_text(json.dumps(bench.results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
