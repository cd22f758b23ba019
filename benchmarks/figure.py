"""A benchmark as a value, and what all of them measure with."""

import os
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
BIN: Final = ROOT / ".venv" / "bin"


@dataclass(frozen=True, slots=True)
class Benchmark:
    """measure: gives the figure. floor: the largest figure that is acceptable on two cores; None: only shown."""

    name: str
    measure: Callable[[], float]
    floor: float | None
    unit: str = "s"


def seconds(*command: str | Path, cwd: Path = ROOT, environ: Mapping[str, str] | None = None) -> float:
    """Wall seconds of one run of a command, start-up included; its exit code must be 0."""
    started = time.perf_counter()
    subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **(environ or {})},
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - started
