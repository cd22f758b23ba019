"""`make bench`: every benchmark, its figure and its floor; exits 1 when a floor is missed."""

import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from statistics import median

from lint import lint_seconds

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"


def seconds(*command: str | Path) -> float:
    """Wall seconds of one run of a command, start-up included."""
    started = time.perf_counter()
    subprocess.run([str(part) for part in command], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def help_speed() -> float:
    """`monitors --help`, whole process, median of nine."""
    return median(seconds(BIN / "monitors", "--help") for _ in range(9))


def main() -> int:
    """Run and print; a floor is the slowest that is acceptable on two cores."""
    missed = 0
    for name, floor_s, measure in (
        ("monitors --help", 0.2, help_speed),
        ("monitors lint, 5,000 in Datadog's JSON", 5.0, partial(lint_seconds, as_json=True)),
        ("monitors lint, 5,000 in templates", 5.0, partial(lint_seconds, as_json=False)),
    ):
        figure = measure()
        missed += figure > floor_s
        print(f"{name:<40} {figure:8.3f} s   floor {floor_s} s   {'missed' if figure > floor_s else 'ok'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
