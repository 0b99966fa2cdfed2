"""Bar charts as SVG: a bar a row, its interval as a line. Readable on light and on dark ground."""

from html import escape

WIDTH, LEFT, RIGHT, BAR, GAP, TOP = 820, 300, 90, 18, 8, 44
OURS, LIMIT, OTHERS, INK = "#d9480f", "#868e96", "#4c8bc0", "#7a828a"
COLOURS = {"trouped": OURS, "limit": LIMIT}


def bar_chart(title, unit, bars):
    """`bars`: (name, label, Estimate), in the order in which they are drawn."""
    height = TOP + len(bars) * (BAR + GAP) + GAP
    longest = max((estimate.high for _, _, estimate in bars), default=0) or 1
    scale = (WIDTH - LEFT - RIGHT) / longest
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}"',
        f'     height="{height}" font-family="system-ui, sans-serif" font-size="13" role="img"',
        f'     aria-label="{escape(title)}">',
        _text(0, 18, escape(title), 'font-size="15" font-weight="600"'),
        _text(0, 36, f"{escape(unit)}; less is better; lines are 95 % intervals"),
    ]
    for i, (name, label, estimate) in enumerate(bars):
        lines += _bar(TOP + i * (BAR + GAP), scale, COLOURS.get(name, OTHERS), label, estimate)
    return "\n".join(lines + ["</svg>\n"])


def _bar(y, scale, colour, label, estimate):
    middle = y + BAR / 2
    low, high, end = (
        LEFT + value * scale for value in (estimate.low, estimate.high, estimate.value)
    )
    width = max(1, end - LEFT)
    return [
        _text(LEFT - 8, middle + 4.5, escape(label), 'text-anchor="end"'),
        f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR}" fill="{colour}"/>',
        f'<path d="M{low:.1f} {middle}H{high:.1f}" stroke="{INK}" stroke-width="2"/>',
        _text(max(end, high) + 6, middle + 4.5, number(estimate.value)),
    ]


def _text(x, y, text, style=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{INK}" {style}>{text}</text>'


def number(value):
    """Three significant digits, thousands set apart."""
    decimals = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:,.{decimals}f}"
