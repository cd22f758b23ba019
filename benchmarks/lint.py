"""Lint of 5,000 distinct monitors, whole process: as templates of a project, and as Datadog's JSON."""

import json
import shutil
import subprocess
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.figure import BIN, ROOT, Benchmark

MONITORS: Final = 5000
A_FILE: Final = 100

_QUERIES: Final = (
    "avg(last_5m):avg:app.metric{n}.latency{{env:{env},service:s{n}}} by {{host}} > {limit}",
    "sum(last_10m):sum:app.errors{n}{{env:{env}}}.as_count() / sum:app.hits{n}{{env:{env}}}.as_count() > {limit}",
    "min(last_15m):default_zero(max:app.metric{n}.depth{{env:{env},!role:spare}} by {{queue,zone}}) > {limit}",
    "pct_change(avg(last_5m),last_1h):avg:app.metric{n}.traffic{{env:{env}}} < -{limit}",
    (
        "avg(last_4h):anomalies(avg:app.metric{n}.users{{env:{env}}}, 'agile', 3, direction='below', "
        "alert_window='last_15m', interval=60, count_default_zero='true', seasonality='daily') >= 1"
    ),
)
_MESSAGE: Final = "{{#is_alert}}metric %d is at {{value}} of {{threshold}}{{/is_alert}}\nlook at the last deploy"


def lint_seconds(*, as_json: bool) -> float:
    """Wall seconds of `monitors lint`, start-up included; best of three."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        if as_json:
            (root / "exported.json").write_text(json.dumps([_body(number, "prod") for number in range(MONITORS)]))
            return min(_timed(root, "exported.json") for _ in range(3))
        _write_project(root)
        return min(_timed(root) for _ in range(3))


def _timed(root: Path, *arguments: str) -> float:
    command: list[str | Path] = [BIN / "monitors", "lint", *arguments, "--env", "prod", "--project", str(root)]
    started = time.perf_counter()
    done = subprocess.run(command, cwd=root, check=False, capture_output=True, text=True)
    took = time.perf_counter() - started
    last = done.stdout.splitlines()[-1] if done.stdout else done.stderr
    if f"{MONITORS} monitors: 0 errors" not in last:
        raise RuntimeError(f"lint did not look at all monitors: {last}")
    return took


def _body(number: int, env: str) -> dict[str, object]:
    limit = number % 90 + 5
    query = _QUERIES[number % len(_QUERIES)].format(n=number, env=env, limit=limit)
    return {
        "name": f"monitor {number}",
        "type": "query alert",
        "query": query,
        "message": _MESSAGE % number,
        "tags": [f"part:{number % 20}"],
        "options": {"on_missing_data": "show_no_data"} if "default_zero" not in query else {},
    }


def _write_project(root: Path) -> None:
    shutil.copy(ROOT / "watchkeeper.yaml", root)
    shutil.copytree(ROOT / "platform" / "routing", root / "platform" / "routing")
    (root / "monitors").mkdir()
    for start in range(0, MONITORS, A_FILE):
        entries = []
        for number in range(start, start + A_FILE):
            body = _body(number, "<< env.name >>")
            lines = [f"id: monitor-{number}", "team: platform", "urgency: notify"]
            # JSON is YAML; a template is quoted as people would quote it.
            lines += [f"{key}: {json.dumps(value)}" for key, value in body.items()]
            entries.append("  - " + "\n    ".join(lines) + "\n")
        (root / "monitors" / f"part-{start}.yaml").write_text("monitors:\n" + "".join(entries))


BENCHMARKS: Final = (
    Benchmark("monitors lint, 5,000 in Datadog's JSON", partial(lint_seconds, as_json=True), 5.0),
    Benchmark("monitors lint, 5,000 in templates", partial(lint_seconds, as_json=False), 5.0),
)
