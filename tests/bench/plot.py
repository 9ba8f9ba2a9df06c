# SPDX-License-Identifier: GPL-2.0-only
"""The plot: a panel for each unit, in it a group of bars for each row.

Copyright (C) The virt authors
"""

from html import escape
from itertools import groupby

from tunnels import UNIT

SERIES = {"virt": "#1f77b4", "macvlan": "#ff9f40", "ipvlan": "#9aa0a6"}
TARGET = "#d62728"

WIDTH = 910
LEFT = 300
RIGHT = 90
BAR = 9
GAP = 9
HEAD = 34


def text(x, y, words, extra=""):
    return f'<text x="{x:.0f}" y="{y:.0f}" {extra}>{escape(words)}</text>'


def bar(x, y, width, colour):
    return (f'<rect x="{x}" y="{y}" width="{max(width, 1):.1f}" '
            f'height="{BAR - 1}" fill="{colour}"/>')


def group(row, top, scale):
    """One row: its name, its bars, its target as a line across them."""
    bars, words, y = [], [], top
    record = row.json()
    for name, colour in SERIES.items():
        value = record[name]
        if value is None:
            continue
        width = max(value, 0) * scale
        bars.append(bar(LEFT, y, width, colour))
        words.append(text(LEFT + width + 4, y + BAR - 2, f"{value:,.4g}"
                          if value < 1000 else f"{value:,.0f}"))
        y += BAR
    words.append(text(LEFT - 8, (top + y) / 2 + 3, row.row.path,
                      'text-anchor="end" class="path"'))
    target = row.target
    if target is not None:
        x = LEFT + target * scale
        bars.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top - 2}" '
                    f'y2="{y + 1}" stroke="{TARGET}" stroke-width="2"/>')
    return bars + words, y + GAP


def tunnel_group(tunnel, top, scale):
    """One tunnel: its name and its bar."""
    colour = SERIES["virt" if tunnel.name.startswith("virt") else "ipvlan"]
    width = tunnel.cost * scale
    return [bar(LEFT, top, width, colour),
            text(LEFT + width + 4, top + BAR - 2,
                 f"{tunnel.cost:,.0f} · TCP {tunnel.tcp:.0%}"),
            text(LEFT - 8, top + BAR - 1, tunnel.name,
                 'text-anchor="end" class="path"')], top + BAR + GAP


def tunnel_panel(tunnels, top):
    scale = (WIDTH - LEFT - RIGHT) / max(row.cost for row in tunnels)
    parts = [text(LEFT, top + 20, UNIT + "; TCP against it",
                  'class="unit"')]
    y = top + HEAD
    for tunnel in tunnels:
        more, y = tunnel_group(tunnel, y, scale)
        parts += more
    return parts, y


def largest(row):
    figures = (row.virt, row.macvlan, row.ipvlan, row.target)
    return max(figure or 0 for figure in figures)


def panel(unit, rows, top):
    scale = (WIDTH - LEFT - RIGHT) / max(map(largest, rows))
    parts = [text(LEFT, top + 20, unit, 'class="unit"')]
    y = top + HEAD
    for row in rows:
        more, y = group(row, y, scale)
        parts += more
    return parts, y


def legend():
    parts, x = [], LEFT
    for name, colour in SERIES.items():
        parts += [bar(x, 10, 16, colour), text(x + 22, 18, name)]
        x += 90
    parts += [f'<line x1="{x}" x2="{x}" y1="8" y2="20" stroke="{TARGET}" '
              'stroke-width="2"/>', text(x + 8, 18, "target, at most")]
    return parts


def plot(rows, tunnels, kernel):
    parts, y = legend(), 24
    for unit, members in groupby(rows, key=lambda row: row.row.unit):
        more, y = panel(unit, list(members), y)
        parts += more
    if tunnels:
        more, y = tunnel_panel(tunnels, y)
        parts += more
    parts.append(text(LEFT, y + 12, f"Linux {kernel}, 60-byte packets"))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
            f'height="{y + 24}" font-family="sans-serif" font-size="9">\n'
            "<style>.unit{font-size:12px;font-weight:bold}"
            ".path{font-size:11px}text{paint-order:stroke;stroke:white;"
            "stroke-width:2px}</style>\n"
            '<rect width="100%" height="100%" fill="white"/>\n'
            + "\n".join(parts) + "\n</svg>\n")
