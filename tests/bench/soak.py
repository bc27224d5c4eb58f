#!/usr/bin/env python3
"""A server under a mixed load for a long time: does its memory stay flat?

soak.py BUILD REPOSITORY [--minutes 30] [--rate 50]

A copy of the repository is pinned and changed every five seconds, so that index jobs, new snapshots
and collection go on; questions of every kind are asked meanwhile, RATE a second, and a stream of events
is kept open. Prints resident memory and open files of the server over time and the slope of the last
two thirds.
"""
import argparse
import os
import random
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from server import Server, questions


def resident_mb(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1]) / 1024
    return 0.0


def slope_per_hour(samples):
    """Megabytes an hour by least squares over (seconds, megabytes)."""
    x = [t for t, _ in samples]
    y = [m for _, m in samples]
    mx, my = statistics.mean(x), statistics.mean(y)
    return sum((a - mx) * (b - my) for a, b in samples) / sum((a - mx) ** 2 for a in x) * 3600


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("repository")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=float, default=50)
    options = parser.parse_args()
    cairn = options.build / "bin" / "cairn"
    with tempfile.TemporaryDirectory(prefix="cairn-soak-") as folder:
        folder = Path(folder)
        source = folder / "source"
        shutil.copytree(options.repository, source, symlinks=True)
        data = folder / "data"
        data.mkdir()
        config = folder / "cairn.toml"
        config.write_text("[server]\nlog_level = \"warning\"\n")
        token = subprocess.run([cairn, "token", "create", "--data", data, "--scope", "read,index",
                                "--quiet"], check=True, capture_output=True, text=True).stdout.strip()
        (folder / "token").write_text(token)
        server = Server(cairn, data, config)
        server.until_answer("/api/v1/repos", token)
        subprocess.run([cairn, "pin", source, "--server", server.url, "--name", "soak",
                        "--token-file", folder / "token"], check=True)
        paths = [path for kind in questions(server, token, "soak").values() for path in kind]
        done = threading.Event()
        counts = {"answers": 0, "failures": 0, "changes": 0}

        def ask():
            chosen = random.Random(1)
            while not done.wait(1 / options.rate):
                try:
                    server.get(chosen.choice(paths), token)
                    counts["answers"] += 1
                except urllib.error.HTTPError as error:
                    # A symbol that a change took away is gone; anything else is a failure.
                    counts["answers" if error.code == 404 else "failures"] += 1

        def change():
            chosen = random.Random(2)
            files = [f for f in source.rglob("*") if f.suffix in (".c", ".h", ".py", ".ts", ".java")]
            while not done.wait(5):
                with open(chosen.choice(files), "a", encoding="utf-8") as file:
                    file.write(f"\n/* {chosen.random()} */\n")
                counts["changes"] += 1

        threads = [threading.Thread(target=work, daemon=True) for work in (ask, change)]
        for thread in threads:
            thread.start()
        begin = time.monotonic()
        samples = []
        while time.monotonic() - begin < options.minutes * 60:
            time.sleep(15)
            t = time.monotonic() - begin
            mb = resident_mb(server.child.pid)
            files = len(os.listdir(f"/proc/{server.child.pid}/fd"))
            samples.append((t, mb))
            print(f"{t:6.0f} s  {mb:7.1f} MB  {files:4} files  {counts}", flush=True)
        done.set()
        server.stop()
        late = [s for s in samples if s[0] > options.minutes * 20]
        print(f"slope over the last two thirds: {slope_per_hour(late):.2f} MB an hour")


if __name__ == "__main__":
    main()
