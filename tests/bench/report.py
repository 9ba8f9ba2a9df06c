#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Turns what virt_bench measured into a table, a JSON file and a plot.

Usage: report.py DIRECTORY MEASURED..., where MEASURED is virt_bench's JSON; of
what is in several, the last counts. Exit status 1 if a row misses its target.

Copyright (C) The virt authors
"""

import json
import sys
from pathlib import Path

from curves import curves
from plot import plot
from rows import evaluate
from tunnels import evaluate_tunnels

PATHS = ["path", "virt", "macvlan", "ipvlan", "target", "ratio", "verdict"]
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
    return [name.replace("_", " ") for name in columns[:-1]] + [""]


def print_table(rows, columns):
    lines = [heads(columns), *(cells(row, columns) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines)]
    for path, *figures, verdict in lines:
        figures = [text.rjust(width)
                   for text, width in zip(figures, widths[1:])]
        print(path.ljust(widths[0]), *figures, verdict, sep="  ")
    for row in rows:
        for name in row.unsteady:
            print(f"unsteady: {name}")


def markdown(rows, columns):
    lines = [heads(columns), ["---", *["---:"] * (len(columns) - 2), "---"],
             *(cells(row, columns) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main():
    directory = Path(sys.argv[1])
    instructions = {}
    for name in sys.argv[2:]:
        measured = json.loads(Path(name).read_text())
        instructions |= measured["instructions"]
    paths = evaluate(instructions)
    tunnels = evaluate_tunnels(instructions)
    tables = [(rows, columns) for rows, columns
              in [(paths, PATHS), (tunnels, TUNNELS)] if rows]

    for rows, columns in tables:
        print_table(rows, columns)
    judged = [row for rows, _ in tables for row in rows
              if row.target is not None]
    missed = [row for row in judged if row.verdict == "MISS"]
    print(f"{len(judged)} rows, {len(missed)} missed")

    report = {"kernel": measured["kernel"],
              "rows": [row.json() for row in paths],
              "tunnels": [row.json() for row in tunnels],
              "measured": instructions}
    (directory / "benchmarks.json").write_text(
        json.dumps(report, indent=1) + "\n")
    (directory / "benchmarks.svg").write_text(
        plot(paths, tunnels, measured["kernel"]))
    picture = curves(paths, measured["kernel"])
    if picture:
        (directory / "scale.svg").write_text(picture)
    (directory / "table.md").write_text(
        "\n".join(markdown(*table) for table in tables))
    return 1 if missed else 0


sys.exit(main())
