#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Turns what virt_bench measured into tables, a JSON file and plots.

Usage: report.py [--whole] DIRECTORY MEASURED..., where MEASURED is virt_bench's
JSON; of what is in several, the last counts. Exit status 1 if a row misses its
target, or with --whole was not measured.

Copyright (C) The virt authors
"""

import json
import sys
from pathlib import Path

from bulk import STREAMS, evaluate_bulk
from curves import scale, throughput
from pairs import evaluate_pairs
from plot import plot
from rows import evaluate, unmeasured
from tunnels import evaluate_tunnels

PATHS = ["path", "virt", "macvlan", "ipvlan", "target", "ratio", "verdict"]
BULK = ["path", "mtu", *STREAMS, "trip"]
PAIRS = ["comparison", "pairs", "median", "half of them"]
TUNNELS = ["tunnel", "cost", "ratio", "target", "tcp", "tcp_target", "verdict"]


def cell(value):
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    if abs(value) < 10 and value != int(value):
        return f"{value:.2g}" if abs(value) < 0.1 else f"{value:.2f}"
    return f"{value:,.0f}"


def cells(row, columns):
    record = row.json()
    return [cell(record[name]) for name in columns]


def heads(columns):
    return ["" if name == "verdict" else name.replace("_", " ")
            for name in columns]


def print_table(rows, columns):
    lines = [heads(columns), *(cells(row, columns) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines)]
    for path, *figures in lines:
        figures = [text.rjust(width)
                   for text, width in zip(figures, widths[1:])]
        print(path.ljust(widths[0]), *figures, sep="  ")
    for row in rows:
        for name in getattr(row, "unsteady", ()):
            print(f"unsteady: {name}")
    print()


def markdown(rows, columns):
    lines = [heads(columns), ["---", *["---:"] * (len(columns) - 1)],
             *(cells(row, columns) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main():
    whole = sys.argv[1] == "--whole"
    directory, *names = map(Path, sys.argv[2 if whole else 1:])
    instructions = {}
    for name in names:
        measured = json.loads(name.read_text())
        instructions |= measured["instructions"]
    paths = evaluate(instructions)
    tunnels = evaluate_tunnels(instructions)
    bulk, pairs = evaluate_bulk(instructions), evaluate_pairs(instructions)
    tables = [(rows, columns) for rows, columns
              in [(paths, PATHS), (tunnels, TUNNELS), (bulk, BULK),
                  (pairs, PAIRS)] if rows]

    for rows, columns in tables:
        print_table(rows, columns)
    judged = [row for row in paths + tunnels if row.target is not None]
    missing = unmeasured(paths) if whole else []
    for path in missing:
        print(f"{path}: not measured  MISS")
    missed = len(missing) + sum(row.verdict == "MISS" for row in judged)
    print(f"{len(judged) + len(missing)} rows, {missed} missed")

    report = {"kernel": measured["kernel"],
              "rows": [row.json() for row in paths],
              "tunnels": [row.json() for row in tunnels],
              "bulk": [row.json() for row in bulk],
              "pairs": [row.json() for row in pairs],
              "measured": instructions}
    (directory / "benchmarks.json").write_text(
        json.dumps(report, indent=1) + "\n")
    for name, picture in {
            "benchmarks": plot(paths, tunnels, measured["kernel"]),
            "scale": scale(instructions, measured["kernel"]),
            "throughput": throughput(instructions, measured["kernel"])}.items():
        if picture:
            (directory / f"{name}.svg").write_text(picture)
    (directory / "table.md").write_text(
        "\n".join(markdown(*table) for table in tables))
    return 1 if missed else 0


sys.exit(main())
