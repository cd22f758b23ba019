"""The query language: ten thousand monitor queries, and a hundred thousand that are broken."""

import contextlib
import json
import tempfile
import time

from benchmarks.figure import BIN, Benchmark, seconds
from benchmarks.queries import broken_queries, distinct_queries
from watchkeeper.query.explain import explain
from watchkeeper.query.lexer import QuerySyntaxError


def ten_thousand_queries() -> float:
    """`query parse --json` of 10,000 distinct monitor queries of all forms, whole process, best of three."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        for index, (monitor_type, text) in enumerate(distinct_queries(10_000)):
            print(json.dumps({"id": index, "type": monitor_type, "query": text}), file=file)
        file.flush()
        return min(seconds(BIN / "watchkeeper", "query", "parse", "--json", "--file", file.name) for _ in range(3))


def slowest_broken_query() -> float:
    """The slowest of 100,000 broken queries; any error but our own ends the run."""
    slowest = 0.0
    for monitor_type, text in broken_queries(100_000):
        started = time.process_time()
        with contextlib.suppress(QuerySyntaxError):
            explain(text, monitor_type)
        slowest = max(slowest, time.process_time() - started)
    return slowest


BENCHMARKS = (
    Benchmark("query parse, 10,000 monitor queries", ten_thousand_queries, 3.0),
    Benchmark("slowest of 100,000 broken queries", slowest_broken_query, 1.0),
)
