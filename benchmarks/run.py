"""`make bench`: every benchmark, its figure and its floor; exits 1 when a floor is missed.

`make bench ARGS="plan demo"` runs those whose names contain one of the words.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import backtest, commands, installation, intake, language, lint, monitor_tests, replay, synth

ALL = (
    *commands.BENCHMARKS,
    *intake.BENCHMARKS,
    *language.BENCHMARKS,
    *lint.BENCHMARKS,
    *monitor_tests.BENCHMARKS,
    *replay.BENCHMARKS,
    *backtest.BENCHMARKS,
    *synth.BENCHMARKS,
    *installation.BENCHMARKS,
)


def main(words: Sequence[str]) -> int:
    """Run and print."""
    missed = 0
    for each in ALL:
        if words and not any(word in each.name for word in words):
            continue
        figure = each.measure()
        is_missed = each.floor is not None and figure > each.floor
        missed += is_missed
        floor = "" if each.floor is None else f"floor {each.floor:g} {each.unit}"
        print(f"{each.name:<44} {figure:9.3f} {each.unit:<2} {floor:<14} {'missed' if is_missed else 'ok'}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
