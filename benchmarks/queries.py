"""Queries for measurements and for tests: one of each form, as many distinct ones as wanted, and broken ones."""

import random
from collections.abc import Iterator
from typing import Final

EXAMPLES: Final = (
    ("query alert", "avg(last_5m):avg:system.load.1{env:prod} by {host} > 4"),
    ("query alert", "sum(last_10m):sum:edge.errors{env:prod,!path:/health*}.as_count() / sum:edge.requests{env:prod,"
     "!path:/health*}.as_count() * 100 > 2.5"),
    ("query alert", "min(last_15m):(avg:disk.used{role:(db)} by {host, device} + 1) / avg:disk.total{*} by {host,device}"
     " >= 0.9".replace("(db)", "db")),
    ("query alert", "max(last_1h):clamp_min(default_zero(max:queue.depth{queue:a* OR queue:b*} by {queue}), 1) != 0"),
    ("query alert", "percentile(last_5m):p99:web.latency{service IN (checkout, cart) AND NOT canary:true} > 1.2"),
    ("query alert", "avg(current_1mo):sum:cost.usd{*}.rollup(sum, 86400) > 1000"),
    ("query alert", "change(avg(last_5m),last_1h):sum:orders{region:eu}.as_count() < -50"),
    ("query alert", "pct_change(sum(last_30m),1d_ago):default(sum:orders{*} by {shop}.as_rate(), 0) > 300"),
    ("query alert", "avg(last_4h):anomalies(avg:http.requests{service:web} by {zone}.as_count(), 'agile', 3, "
     "direction='below', alert_window='last_15m', interval=60, count_default_zero='true', seasonality='daily') >= 1"),
    ("query alert", "avg(last_30m):outliers(avg:http.latency{env:prod} by {host}, 'DBSCAN', 2.5) > 0"),
    ("query alert", "max(next_1w):forecast(avg:disk.in_use{*} by {host} * 100, 'linear', 1, interval='60m', "
     "history='1w', model='default') >= 90"),
    ("query alert", "avg(last_10m):moving_rollup(per_second(sum:net.bytes{*} by {host}), 600, 'max') - "
     "week_before(sum:net.bytes{*} by {host}) > threshold"),
    ("query alert", "sum(last_1d):count(v: v>=10):checkout.total{*} > 1e3"),
    ("log alert", 'logs("service:web status:error -@http.url:\\"/health\\"").index("main").rollup("cardinality", '
     '"@usr.id").by("@http.host,env").last("15m") >= 20'),
    ("log alert", 'formula("(query1 / default_zero(query2)) * 100").last("1h") > 5'),
    ("event-v2 alert", 'events("source:deploy (status:failed OR status:rolled_back)").rollup("count").last("1d") > 0'),
    ("rum alert", 'rum("@type:error @view.name:[1 TO 5]").rollup("count").by("@view.name").last("5m") > 10'),
    ("trace-analytics alert", 'trace-analytics("service:web @duration:>1s").rollup("avg","@duration").last("5m") > 9'),
    ("error-tracking alert", 'error-tracking-rum("env:prod").rollup("count").by("@issue.id").last("1h") >= 1'),
    ("service check", '"db.can_connect".over("env:prod","role:db").exclude("canary:true").by("host").last(4)'
     ".count_by_status()"),
    ("slo alert", 'error_budget("a1b2c3d4e5f60718293a4b5c6d7e8f90").over("30d") > 75'),
    ("slo alert", 'burn_rate("a1b2c3d4e5f60718293a4b5c6d7e8f90").over("30d").long_window("1h").short_window("5m") > 14.4'),
    ("composite", "(1234 && !5678) || 91011"),
)  # fmt: skip
"""Type of monitor, and a query of it."""

_FRAGMENTS: Final = (
    "(", ")", "{", "}", "[", "]", ",", ":", ".", "'", '"', "!", "-", "+", "*", "/", "=", ">", "<", ">=", "==", "\\", "$",
    " AND ", " OR ", " NOT ", " IN ", " by ", "avg:", "last_5m", "as_count()", "rollup(", "anomalies(", "&&", "||",
    "1e999", "0.5", "99999999999999999999", "\n", "\t", "\x00", "\u00a0", "é", "💥", "((((((((", "!!!!!!!!", "--------",
    "a=b=", ".by(", ".last(", "formula(", "$host", "{{", "}}", "v: v>", "'" * 3, " " * 50, "x" * 300,
)  # fmt: skip


def distinct_queries(count: int) -> Iterator[tuple[str, str]]:
    """So many pairs of a type and a query, no two queries alike."""
    for index in range(count):
        monitor_type, text = EXAMPLES[index % len(EXAMPLES)]
        number = index // len(EXAMPLES)
        yield monitor_type, text.replace("env:prod", f"env:e{number}").replace("{*}", f"{{n:v{number}}}")


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
