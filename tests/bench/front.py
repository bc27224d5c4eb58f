#!/usr/bin/env python3
"""Measures the front and the HTTP server behind it with trivial answers.

    cmake --preset bench && cmake --build build/bench --target cairn_front_host cairn_front_load
    tests/bench/front.py build/bench [--idle 10000] [--sockets 1000] [--seconds 5]

Needs wrk. Prints one JSON object a line. All programs share this machine's cores.
"""
import argparse
import json
import pathlib
import re
import subprocess


def rss_bytes(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", text)[1]) * 1024


def milliseconds(text):
    number, unit = re.match(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}[unit]


def wrk(port, path, connections, seconds):
    out = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency",
         f"http://127.0.0.1:{port}{path}"],
        capture_output=True, text=True, check=True).stdout
    errors = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return {
        "measure": "get", "connections": connections,
        "per_second": float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]),
        "p50_ms": milliseconds(re.search(r"(?m)^ +50% +(\S+)", out)[1]),
        "p99_ms": milliseconds(re.search(r"(?m)^ +99% +(\S+)", out)[1]),
        "errors": int(errors[1]) if errors else 0,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--idle", type=int, default=10000)
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--events", type=int, default=20)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=8)
    options = parser.parse_args()
    programs = options.build / "tests" / "bench"
    load = programs / "cairn_front_load"
    host = subprocess.Popen([programs / "cairn_front_host", str(options.threads)],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    port = host.stdout.readline().strip()
    try:
        for connections in (1, 16, 64):
            print(json.dumps(wrk(port, "/small", connections, options.seconds)), flush=True)
        before = rss_bytes(host.pid)
        clients = subprocess.Popen(
            [load, "idle", port, str(options.idle), "64", "500"], stdout=subprocess.PIPE, text=True)
        largest = before
        while clients.poll() is None:
            largest = max(largest, rss_bytes(host.pid))
            try:
                clients.wait(0.2)
            except subprocess.TimeoutExpired:
                pass
        result = json.loads(clients.stdout.read())
        result["rss_growth_mib"] = round((largest - before) / 2**20, 1)
        print(json.dumps(result), flush=True)
        clients = subprocess.Popen(
            [load, "sockets", port, str(options.sockets), str(options.events)],
            stdout=subprocess.PIPE, text=True)
        assert clients.stdout.readline() == "ready\n"
        for _ in range(options.events):
            host.stdin.write("\n")
            host.stdin.flush()
            try:
                clients.wait(0.5)
            except subprocess.TimeoutExpired:
                pass
        print(clients.stdout.read().strip(), flush=True)
    finally:
        host.stdin.close()
        host.wait()


if __name__ == "__main__":
    main()
