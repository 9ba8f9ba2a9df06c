#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Fails when a path costs more than it did when the figures were published.

Usage: guard.py MEASURED COMMITTED, virt_bench's JSON and docs/benchmarks.json.
Reports as GoogleTest does, for tests/run.

Copyright (C) The virt authors
"""

import json
import sys
from pathlib import Path

from rows import PER_PACKET, evaluate

# A path may cost so much more, and some instructions: what is measured once
# meets now and then a timer.
MARGIN = 1.03
SLACK = 4


def main():
    measured = json.loads(Path(sys.argv[1]).read_text())
    committed = json.loads(Path(sys.argv[2]).read_text())
    if measured["kernel"] != committed["kernel"]:
        print(f"other kernels have other costs: {measured['kernel']} here, "
              f"{committed['kernel']} there; publish again by "
              "make bench PUBLISH=1")
    before = {row["path"]: row["virt"] for row in committed["rows"]
              if row["unit"] == PER_PACKET}
    now = {row.row.path: row.virt for row in evaluate(measured["instructions"])}
    missing = sorted(set(now) - set(before))
    paths = [path for path in now if path in before]
    slower = [path for path in paths if now[path] > before[path] * MARGIN + SLACK]

    for path in paths:
        print(f"{path}: {now[path]:.0f}, committed {before[path]:.0f}")
    for path in missing:
        print(f"no figure is committed for: {path}")
    print(f"[  PASSED  ] {len(paths) - len(slower)} tests.")
    if slower or missing:
        print(f"[  FAILED  ] {len(slower + missing)} tests, listed below:")
    for path in slower + missing:
        print(f"[  FAILED  ] Speed.of: {path}")
    return 1 if slower or missing else 0


sys.exit(main())
