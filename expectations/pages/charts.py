"""Charts as inline SVG: readable without colour (patterns, labels), by screen readers (title and description) and on
paper. Knows geometry only; what is drawn and how it is called comes from the caller."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup, escape

WIDTH, HEIGHT = 440, 180
LEFT, RIGHT, TOP, BOTTOM = 40, 10, 12, 26
_serial = 0


def bars(
    title: str, description: str, series: Sequence[tuple[str, str]], groups: Sequence[tuple[str, Sequence[float]]]
) -> Markup:
    """Stacked bars: one per group, its values in the order of ``series`` (name, CSS class of the fill)."""
    if not groups:
        return Markup("")
    top = max((sum(values) for _, values in groups), default=0) or 1
    top = _round_up(top)
    step = (WIDTH - LEFT - RIGHT) / len(groups)
    wide = min(step * 0.62, 46)
    parts = [_axis(top, percent=False)]
    for n, (label, values) in enumerate(groups):
        x, y = LEFT + step * n + (step - wide) / 2, float(HEIGHT - BOTTOM)
        for (name, css), value in zip(series, values, strict=True):
            tall = value / top * (HEIGHT - TOP - BOTTOM)
            y -= tall
            if value:
                parts.append(
                    f'<rect class="{css}" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall:.1f}">'
                    f"<title>{escape(label)} {escape(name)} {value:g}</title></rect>"
                )
    parts.append(_labels([label for label, _ in groups], step))
    keys = "".join(f'<li><i class="key {css}"></i>{escape(name)}</li>' for name, css in series)
    return _figure(title, description, parts, f'<ul class="keys">{keys}</ul>')


def line(title: str, description: str, points: Sequence[tuple[str, float | None]]) -> Markup:
    """A line of shares (0–1) in time; a missing value leaves a gap."""
    known = [value for _, value in points if value is not None]
    if not known:
        return Markup("")
    top = _round_up(max(known) * 100) / 100 or 0.01
    step = (WIDTH - LEFT - RIGHT) / max(len(points), 1)
    parts = [_axis(top, percent=True)]
    dots = [
        None if v is None else (LEFT + step * (n + 0.5), HEIGHT - BOTTOM - v / top * (HEIGHT - TOP - BOTTOM), label, v)
        for n, (label, v) in enumerate(points)
    ]
    for a, b in pairwise(dots):
        if a and b:
            parts.append(f'<line class="trend" x1="{a[0]:.1f}" y1="{a[1]:.1f}" x2="{b[0]:.1f}" y2="{b[1]:.1f}"/>')
    for dot in filter(None, dots):
        x, y, label, value = dot
        parts.append(
            f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3.2"><title>{escape(label)} {value:.1%}</title></circle>'
        )
    parts.append(_labels([label for label, _ in points], step))
    return _figure(title, description, parts)


def spark(description: str, values: Sequence[float | None]) -> Markup:
    """A small bar per run: how large a share failed; a run without failure is a thin line on the ground."""
    if not values:
        return Markup("")
    top = max((v for v in values if v), default=0) or 1
    marks = []
    for n, value in enumerate(values):
        tall = 1.0 if not value else max(3.0, value / top * 18)
        css = "none" if not value else "bad"
        marks.append(f'<rect class="{css}" x="{n * 5}" y="{20 - tall:.1f}" width="4" height="{tall:.1f}"/>')
    return Markup(
        f'<svg class="spark" role="img" aria-label="{escape(description)}" width="{len(values) * 5}" height="20">'
        f"{''.join(marks)}</svg>"
    )


def _figure(title: str, description: str, parts: Sequence[str], below: str = "") -> Markup:
    global _serial  # ids must differ within a page  # noqa: PLW0603
    _serial += 1
    return Markup(
        f'<figure class="chart"><figcaption>{escape(title)}</figcaption>'
        f'<svg role="img" aria-labelledby="c{_serial}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<title id="c{_serial}">{escape(title)}。{escape(description)}</title>{"".join(parts)}</svg>{below}</figure>'
    )


def _axis(top: float, *, percent: bool) -> str:
    """The ground line and two grid lines with their values."""
    parts = []
    for share in (0, 0.5, 1):
        y = HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)
        value = top * share
        words = f"{value:.3g}" if not percent else f"{value * 100:.3g}%"
        parts.append(f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}"/>')
        parts.append(f'<text class="tick" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{words}</text>')
    return "".join(parts)


def _labels(labels: Sequence[str], step: float) -> str:
    """As many labels along the ground as fit; the last one always."""
    every = max(1, -(-len(labels) * 52 // (WIDTH - LEFT - RIGHT)))
    last = len(labels) - 1
    shown = [n for n in range(len(labels)) if (last - n) % every == 0]
    return "".join(
        f'<text class="tick" x="{LEFT + step * (n + 0.5):.1f}" y="{HEIGHT - 8}" text-anchor="middle">'
        f"{escape(labels[n])}</text>"
        for n in shown
    )


def _round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20 … so that the half line is a round number too."""
    power = 1.0
    while power * 10 <= value:
        power *= 10
    while power > value:
        power /= 10
    return next(power * step for step in (1, 2, 4, 6, 8, 10) if power * step >= value)
