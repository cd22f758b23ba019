"""`make bench`: every benchmark, its figure and its floor; exits 1 when a floor is missed."""

import contextlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
sys.path.insert(0, str(ROOT))

from benchmarks.queries import broken_queries, distinct_queries  # noqa: E402 - found by the line above
from watchkeeper.query.explain import explain  # noqa: E402 - found by the line above
from watchkeeper.query.lexer import QuerySyntaxError  # noqa: E402 - found by the line above


def seconds(*command: str | Path) -> float:
    """Wall seconds of one run of a command, start-up included."""
    started = time.perf_counter()
    subprocess.run([str(part) for part in command], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def help_speed() -> float:
    """`monitors --help`, whole process, median of nine."""
    return median(seconds(BIN / "monitors", "--help") for _ in range(9))


def ten_thousand_queries() -> float:
    """`query parse --json` of 10,000 distinct monitor queries of all forms, whole process."""
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


def main() -> int:
    """Run and print; a floor is the slowest that is acceptable on two cores."""
    missed = 0
    for name, floor_s, measure in (
        ("monitors --help", 0.2, help_speed),
        ("query parse, 10,000 monitor queries", 3.0, ten_thousand_queries),
        ("slowest of 100,000 broken queries", 1.0, slowest_broken_query),
    ):
        figure = measure()
        missed += figure > floor_s
        print(f"{name:<40} {figure:8.3f} s   floor {floor_s} s   {'missed' if figure > floor_s else 'ok'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
