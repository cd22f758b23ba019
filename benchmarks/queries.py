"""Queries for measurements and for tests: one of each form, as many distinct ones as wanted, and broken ones."""

import random
from collections.abc import Iterator
from typing import Final

_LINES: Final = r"""
query alert | avg(last_5m):avg:system.load.1{env:prod} by {host} > 4
query alert | sum(last_10m):sum:edge.errors{env:prod,!path:/health*}.as_count() / sum:edge.requests{*}.as_count() > 2.5
query alert | min(last_15m):(avg:disk.used{env:prod} by {host, device} + 1) / avg:disk.total{*} by {host,device} >= 0.9
query alert | max(last_1h):clamp_min(default_zero(max:queue.depth{env:prod OR queue:b*} by {queue}), 1) != 0
query alert | percentile(last_5m):p99:web.latency{service IN (checkout, cart) AND env:prod AND NOT canary:true} > 1.2
query alert | avg(current_1mo):sum:cost.usd{*}.rollup(sum, 86400) > 1000
query alert | change(avg(last_5m),last_1h):sum:orders{env:prod}.as_count() < -50
query alert | pct_change(sum(last_30m),1d_ago):default(sum:orders{*} by {shop}.as_rate(), 0) > 300
query alert | avg(last_4h):anomalies(avg:hits{*} by {zone}, 'agile', 3, direction='below', interval=60) >= 1
query alert | avg(last_30m):outliers(avg:http.latency{env:prod} by {host}, 'DBSCAN', 2.5) > 0
query alert | max(next_1w):forecast(avg:disk.in_use{*} by {host} * 100, 'linear', 1, interval='60m') >= 90
query alert | avg(last_10m):moving_rollup(diff(sum:net.in{*}), 600, 'max') - dt(max:net.in{*}) > threshold
query alert | sum(last_1d):count(v: v>=10):checkout.total{*} > 1e3
log alert | logs("env:prod -@http.url:\"/health\"").index("main").rollup("cardinality", "@usr.id").last("15m") >= 2
log alert | formula("(query1 / default_zero(query2)) * 100").last("1h") > 5
event-v2 alert | events("env:prod (status:failed OR status:rolled_back)").rollup("count").last("1d") > 0
rum alert | rum("env:prod @type:error @view.name:[1 TO 5]").rollup("count").by("@view.name").last("5m") > 10
trace-analytics alert | trace-analytics("env:prod @duration:>1s").rollup("avg","@duration").last("5m") > 9
error-tracking alert | error-tracking-rum("env:prod").rollup("count").by("@issue.id").last("1h") >= 1
service check | "db.up".over("env:prod","role:db").exclude("canary:true").by("host").last(4).count_by_status()
slo alert | error_budget("a1b2c3d4e5f6").over("30d") > 75
slo alert | burn_rate("a1b2c3d4e5f6").over("30d").long_window("1h").short_window("5m") > 14.4
composite | (1234 && !5678) || 91011
"""
EXAMPLES: Final = tuple((line.split(" | ", 1)[0], line.split(" | ", 1)[1]) for line in _LINES.strip().split("\n"))
"""Type of monitor, and a query of it."""

_MADE_UNIQUE: Final = (
    ("env:prod", "env:e{}"),
    ("{*}", "{{n:v{}}}"),
    ("query1", "query1{}"),
    ("a1b2c3d4e5f6", "a1b2c3d4e5f6{}"),
    ("1234", "1234{}"),
)
_FRAGMENTS: Final = (
    "(", ")", "{", "}", "[", "]", ",", ":", ".", "'", '"', "!", "-", "+", "*", "/", "=", ">", "<", ">=", "==",
    "\\", "$",
    " AND ", " OR ", " NOT ", " IN ", " by ", "avg:", "last_5m", "as_count()", "rollup(", "anomalies(", "&&", "||",
    "1e999", "0.5", "99999999999999999999", "\n", "\t", "\x00", "\u00a0", "é", "💥", "((((((((", "!!!!!!!!", "--------",
    "a=b=", ".by(", ".last(", "formula(", "$host", "{{", "}}", "v: v>", "'" * 3, " " * 50, "x" * 300,
)  # fmt: skip


def distinct_queries(count: int) -> Iterator[tuple[str, str]]:
    """So many pairs of a type and a query, no two queries alike."""
    for index in range(count):
        monitor_type, text = EXAMPLES[index % len(EXAMPLES)]
        number = index // len(EXAMPLES)
        for written, unique in _MADE_UNIQUE:
            text = text.replace(written, unique.format(number))
        yield monitor_type, text


def broken_queries(count: int, seed: int = 0) -> Iterator[tuple[str, str]]:
    """So many queries with one to eight faults; some of them may still be good. Same seed, same queries."""
    rng = random.Random(seed)
    for _ in range(count):
        monitor_type, text = rng.choice(EXAMPLES)
        for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
            text = _with_fault(rng, text)
        yield monitor_type, text


def _with_fault(rng: random.Random, text: str) -> str:
    at, end = sorted((rng.randrange(len(text) + 1), rng.randrange(len(text) + 1)))
    end = min(end, at + rng.choice((1, 1, 2, 5, 20)))
    match rng.randrange(7):
        case 0:
            return text[:at] + text[end:]
        case 1:
            return text[:at] + rng.choice(_FRAGMENTS) + text[at:]
        case 2:
            return text[:at] + rng.choice(_FRAGMENTS) + text[end:]
        case 3:
            return text[:end] + text[at:end] * rng.choice((1, 2, 40)) + text[end:]
        case 4:
            return text[:at] + text[at:end][::-1] + text[end:]
        case 5:
            return text[:at] + rng.choice(EXAMPLES)[1][: rng.randrange(40)] + text[at:]
        case _:
            return text[:at]
