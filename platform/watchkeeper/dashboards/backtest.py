"""The report of a backtest as one page that needs nothing else: no request, no script. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from watchkeeper.dashboards.chart import Band, chart_svg, summary
from watchkeeper.dashboards.model import Threshold
from watchkeeper.dashboards.panel import Line, Panel, Point

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SHADES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorChart:
    """The value of a monitor's worst group, with its thresholds and the times in which it was bad."""

    title: str
    group: str
    comparator: str
    points: Sequence[Point]
    thresholds: Sequence[tuple[str, float]]
    alerts: Sequence[tuple[int, int]]
    incidents: Sequence[tuple[int, int]] = ()


@dataclass(frozen=True, slots=True)
class Variants:
    """What other settings of one monitor would have done: rows of cells, and the pages of each."""

    title: str
    rows: Sequence[Sequence[str]]
    pages: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestPage:
    """What the page shows. start, end: Unix seconds. lead: the sentence that sums it up.

    table, changes: a header and rows of cells. variants: a table each. silent: which monitors never had data. week:
    seven rows of 24 counts. uncalled: which pages call nobody. warning: what is missing.
    """

    title: str
    lead: str
    start: int
    end: int
    facts: Mapping[str, str]
    table: tuple[Sequence[str], Sequence[Sequence[str]]]
    charts: Sequence[MonitorChart]
    week: Sequence[Sequence[int]]
    woken: Mapping[str, int]
    silent: str = ""
    uncalled: str = ""
    variants: Sequence[Variants] = ()
    variant_header: Sequence[str] = ()
    changes: tuple[Sequence[str], Sequence[Sequence[str]]] = ((), ())
    problems: Sequence[str] = ()
    notes: Sequence[str] = ()
    warning: str = ""


def backtest_page(page: BacktestPage) -> str:
    """The page as HTML."""
    most = max((count for row in page.week for count in row), default=0)
    week = [
        (day, [(count, -(-count * _SHADES // most) if most else 0) for count in row])
        for day, row in zip(_DAYS, page.week, strict=True)
    ]
    return _template().render(
        page=page,
        week=week,
        has_pages=most > 0,
        charts=[_chart(each, page) for each in page.charts],
        woken=[(name, count, 100 * count / max(page.woken.values())) for name, count in page.woken.items()],
        variants=[(each.title, _with_bars(each)) for each in page.variants],
    )


def _with_bars(found: Variants) -> list[tuple[Sequence[str], float]]:
    """Each row with the width of its bar in percent; the widest is the one with most pages."""
    top = max(found.pages, default=0) or 1
    return [(cells, 100 * pages / top) for cells, pages in zip(found.rows, found.pages, strict=True)]


def _chart(chart: MonitorChart, page: BacktestPage) -> dict[str, object]:
    panel = Panel(
        chart.title,
        "",
        [Line(chart.group or "value", chart.points)],
        "line",
        [
            Threshold(chart.title, chart.comparator, value, "error" if name == "alert" else "warning")
            for name, value in chart.thresholds
        ],
    )
    bands = [Band(start, end, "labelled") for start, end in chart.incidents]
    bands += [Band(start, end) for start, end in chart.alerts]
    return {
        "title": chart.title,
        "group": chart.group,
        "svg": Markup(chart_svg(panel, page.start, page.end, bands)),  # noqa: S704 - chart_svg escapes its texts
        "summary": summary(panel),
    }


@lru_cache(maxsize=1)
def _template() -> Template:
    text = (files("watchkeeper.dashboards") / "backtest.html.j2").read_text()
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(
        text
    )
