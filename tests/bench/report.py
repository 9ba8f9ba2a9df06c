#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Turns what virt_bench measured into a table, a JSON file and a plot.

Usage: report.py MEASURED DIRECTORY, where MEASURED is virt_bench's JSON. Exit
status 1 if a row misses its target.

Copyright (C) The virt authors
"""

import json
import sys
from pathlib import Path

from plot import plot
from rows import evaluate

COLUMNS = ["virt", "macvlan", "ipvlan", "target", "ratio"]


def cell(value):
    if value is None:
        return "-"
    if abs(value) < 10 and value != int(value):
        return f"{value:.2g}" if abs(value) < 0.1 else f"{value:.2f}"
    return f"{value:,.0f}"


def cells(row):
    record = row.json()
    return [row.row.path, *(cell(record[name]) for name in COLUMNS),
            row.verdict]


def print_table(evaluated):
    lines = [["path", *COLUMNS, ""], *map(cells, evaluated)]
    widths = [max(map(len, column)) for column in zip(*lines)]
    for line in lines:
        path, *figures, verdict = line
        figures = [text.rjust(width)
                   for text, width in zip(figures, widths[1:])]
        print(path.ljust(widths[0]), *figures, verdict, sep="  ")
    for row in evaluated:
        for name in row.unsteady:
            print(f"unsteady: {name}")


def markdown(evaluated):
    lines = [f"| path | {' | '.join(COLUMNS)} | |",
             "|---|" + "---:|" * len(COLUMNS) + "---|"]
    lines += [f"| {' | '.join(cells(row))} |" for row in evaluated]
    return "\n".join(lines) + "\n"


def main():
    measured = json.loads(Path(sys.argv[1]).read_text())
    directory = Path(sys.argv[2])
    evaluated = evaluate(measured["instructions"])

    print_table(evaluated)
    judged = [row for row in evaluated if row.target is not None]
    missed = [row for row in judged if row.verdict == "MISS"]
    print(f"{len(judged)} rows, {len(missed)} missed")

    report = {"kernel": measured["kernel"],
              "rows": [row.json() for row in evaluated],
              "measured": measured["instructions"]}
    (directory / "benchmarks.json").write_text(
        json.dumps(report, indent=1) + "\n")
    (directory / "benchmarks.svg").write_text(
        plot(evaluated, measured["kernel"]))
    (directory / "table.md").write_text(markdown(evaluated))
    return 1 if missed else 0


sys.exit(main())
