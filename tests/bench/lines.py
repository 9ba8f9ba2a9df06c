# SPDX-License-Identifier: GPL-2.0-only
"""Pictures of lines: panels side by side, each with axes and a name for each
line.

Copyright (C) The virt authors
"""

from html import escape
from math import floor, log2, log10

WIDTH, HEIGHT = 455, 250
LEFT, RIGHT, TOP, BOTTOM = 62, 112, 34, 34
COLOURS = {"virt share": "#1f77b4", "virt mac": "#17becf",
           "virt steal": "#9467bd", "macvlan bridge": "#ff9f40",
           "macvlan private": "#d4a017",
           "ipvlan": "#9aa0a6", "vxlan": "#ff9f40", "geneve": "#8c564b",
           "gretap over fou": "#e377c2", "virt udp": "#1f77b4",
           "virt udp + udp": "#1f77b4", "virt filter": "#17becf",
           "virt netpoll + filter": "#17becf"}


class Axis:
    """Values to places: by their logarithm where they are far apart."""

    def __init__(self, values, begin, end):
        self.log = min(values) > 0 and max(values) > 12 * min(values)
        self.low = min(values) * 0.8 if self.log else 0
        self.high = max(values) * 1.05
        self.begin, self.end = begin, end

    def part(self, value):
        if self.log:
            return log10(value / self.low) / log10(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def at(self, value):
        return self.begin + (self.end - self.begin) * self.part(value)

    def ticks(self):
        if self.log:
            decades = range(floor(log10(self.low)), floor(log10(self.high)) + 1)
            return [10 ** decade for decade in decades
                    if 10 ** decade >= self.low]
        step = 10 ** floor(log10(self.high))
        while self.high / step < 3:
            step /= 2
        return [step * i for i in range(int(self.high / step) + 1)]


def text(x, y, words, extra=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" {extra}>{escape(words)}</text>'


def short(value):
    for unit, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= 10 * unit:
            return f"{value / unit:g}{name}"
    return f"{value:,.10g}"


def labels(lines, y):
    """A place for the name of each line, none on top of another."""
    place = TOP - 13
    for name, line in sorted(lines.items(),
                             key=lambda item: -item[1][max(item[1])]):
        place = max(place + 12, y.at(line[max(line)]) + 3)
        yield name, place


def panel(title, lines):
    """`lines`: for each name, values by a number that doubles and doubles."""
    numbers = sorted({number for line in lines.values() for number in line})
    values = [value for line in lines.values() for value in line.values()]
    y = Axis(values, HEIGHT - BOTTOM, TOP)
    span = log2(numbers[-1] / numbers[0])

    def x(number):
        return LEFT + (WIDTH - LEFT - RIGHT) * log2(number / numbers[0]) / span

    parts = [text(8, 18, title, 'class="head"')]
    for tick in y.ticks():
        parts.append(f'<path d="M{LEFT} {y.at(tick):.1f}H{WIDTH - RIGHT}" '
                     'stroke="#ddd"/>')
        parts.append(text(LEFT - 5, y.at(tick) + 3, short(tick),
                          'text-anchor="end"'))
    for number in numbers:
        parts.append(text(x(number), HEIGHT - BOTTOM + 15, str(number),
                          'text-anchor="middle"'))
    for name, place in labels(lines, y):
        colour = COLOURS.get(name, "#2ca02c")
        points = " ".join(f"{x(number):.1f},{y.at(value):.1f}"
                          for number, value in sorted(lines[name].items()))
        parts.append(f'<polyline points="{points}" fill="none" '
                     f'stroke="{colour}" stroke-width="2"/>')
        parts.append(text(WIDTH - RIGHT + 6, place, name,
                          f'fill="{colour}"'))
    return "\n".join(parts)


def page(panels, caption):
    """Two beside each other."""
    width, height = 2 * WIDTH, (len(panels) + 1) // 2 * HEIGHT + 20
    parts = [f'<g transform="translate({i % 2 * WIDTH} {i // 2 * HEIGHT})">\n'
             f"{inside}\n</g>" for i, inside in enumerate(panels)]
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" '
            f'height="{height}" font-family="sans-serif" font-size="10">\n'
            "<style>.head{font-weight:bold;font-size:11px}</style>\n"
            '<rect width="100%" height="100%" fill="white"/>\n'
            + "\n".join(parts) + "\n" + text(8, height - 8, caption)
            + "\n</svg>\n")
