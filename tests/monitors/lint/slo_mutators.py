"""Faults that are seeded into objectives; those of alerts on them are made by hand in the test."""

from tests.monitors.lint.mutation import Body, mutator

_GAUGE = "sum:system.load.1{*}.as_count()"


@mutator("slo-query-syntax")
def _(body: Body) -> Body | None:
    counts = body.get("query") or {}
    return {**body, "query": {**counts, "numerator": f"{counts['numerator']} +"}} if counts else None


@mutator("slo-of-gauge")
def _(body: Body) -> Body | None:
    counts = body.get("query") or {}
    return {**body, "query": {**counts, "denominator": _GAUGE}} if counts else None


@mutator("slo-timeframe-twice")
def _(body: Body) -> Body | None:
    return {**body, "thresholds": [{"timeframe": "7d", "target": 95}, {"timeframe": "7d", "target": 99}]}


@mutator("slo-slices")
def _(body: Body) -> Body | None:
    query = {"formulas": [{"formula": "q"}], "queries": [{"name": "q", "query": "avg:system.load.1{*}"}]}
    condition = {"comparator": "!=", "threshold": 5, "query": query}
    kept = {key: value for key, value in body.items() if key not in ("query", "monitor_ids", "groups")}
    return {**kept, "type": "time_slice", "sli_specification": {"time_slice": condition}}
