"""Draws a replay: a timeline as SVG for a page or a file, a sparkline for the terminal."""

from __future__ import annotations

from datetime import timedelta
from html import escape

from profiles.backtest import Alert, Replay
from store.records import Reason

WIDTH, ROW, LEFT, RIGHT, TOP = 920, 24, 240, 30, 46
COLOURS = {Reason.ALERTED: "#1a7f4b", Reason.REALERTED: "#b7791f", Reason.CORRECTED: "#c0392b"}
BARS = "▁▂▃▄▅▆▇█"


def sparkline(replay: Replay, width: int = 60) -> str:
    """Return one character a week (or longer, to fit `width`): new leads in it, a blank for none."""
    if not replay.moments:
        return ""
    first, last = replay.moments[0], replay.moments[-1]
    weeks = (last - first) // timedelta(days=7) + 1
    per = max(1, -(-weeks // width))
    counts = [0] * -(-weeks // per)
    for alert in replay.leads:
        counts[(alert.moment - first) // timedelta(days=7) // per] += 1
    most = max(counts, default=0)
    return "".join(" " if not count else BARS[max(0, round((count / most) * (len(BARS) - 1)))] for count in counts)


def timeline_svg(replay: Replay, title: str, most_rows: int = 40) -> str:
    """Return a picture of the replay: a row a company in order of its first alert, a mark an alert, sized by its score.

    New leads are green, those sent again amber, corrections red; the companies beyond `most_rows` are counted below.
    """
    rows: dict[str, list[Alert]] = {}
    for alert in replay.alerts:
        rows.setdefault(alert.company.id, []).append(alert)
    shown = list(rows.values())[:most_rows]
    height = TOP + ROW * max(1, len(shown)) + 40
    out = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
            f'aria-label="{escape(title, quote=True)}" font-family="system-ui, sans-serif" font-size="12">'
        ),
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="12" y="22" font-size="15" font-weight="600" fill="#1c2733">{escape(title)}</text>',
    ]
    out += _axis(replay, height)
    for number, alerts in enumerate(shown):
        y = TOP + ROW * number + ROW / 2
        name = alerts[0].company.name
        out.append(f'<line x1="{LEFT}" y1="{y}" x2="{WIDTH - RIGHT}" y2="{y}" stroke="#e6eaee"/>')
        out.append(f'<text x="12" y="{y + 4}" fill="#1c2733">{escape(name if len(name) <= 34 else name[:33] + "…")}</text>')
        out += [_mark(replay, alert, y) for alert in alerts]
    if not shown:
        out.append(f'<text x="12" y="{TOP + 16}" fill="#5b6770">no alert in this time</text>')
    if len(rows) > most_rows:
        out.append(f'<text x="12" y="{height - 10}" fill="#5b6770">and {len(rows) - most_rows} more companies</text>')
    return "\n".join([*out, "</svg>"]) + "\n"


def _x(replay: Replay, alert_moment: float) -> float:
    first, last = replay.moments[0].timestamp(), replay.moments[-1].timestamp()
    share = (alert_moment - first) / (last - first) if last > first else 0.5
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def _mark(replay: Replay, alert: Alert, y: float) -> str:
    radius = round(min(9.0, 3 + 3 * alert.decision.score / alert.decision.threshold), 1) if alert.decision.threshold else 4
    words = f"{alert.moment:%Y-%m-%d} {alert.company.name}: {alert.decision.reason.value}, {alert.decision.detail}"
    x = _x(replay, alert.moment.timestamp())
    return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{COLOURS[alert.decision.reason]}" fill-opacity="0.85"><title>{escape(words)}</title></circle>'


def _axis(replay: Replay, height: int) -> list[str]:
    if not replay.moments:
        return []
    first, last = replay.moments[0], replay.moments[-1]
    step = max(1, -(-((last - first).days + 1) // 8))
    out = []
    for day in range(0, (last - first).days + 1, step):
        moment = first + timedelta(days=day)
        x = _x(replay, moment.timestamp())
        out.append(f'<line x1="{x}" y1="{TOP - 8}" x2="{x}" y2="{height - 32}" stroke="#f0f2f4"/>')
        out.append(f'<text x="{x}" y="{height - 16}" fill="#5b6770" text-anchor="middle">{moment:%b %d}</text>')
    return out
