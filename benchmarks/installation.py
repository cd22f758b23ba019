"""What a newcomer waits for: set-up from nothing, synthesis, the whole test suite."""

import os
import subprocess
import tempfile
from pathlib import Path

from benchmarks.figure import BIN, ROOT, Benchmark, seconds

_CACHES = ("UV_CACHE_DIR", "PIP_CACHE_DIR", "npm_config_cache", "JSII_RUNTIME_PACKAGE_CACHE_ROOT", "CDK_HOME")


def cold_setup() -> float:
    """`make setup` in a fresh clone with empty caches, packages downloaded."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "project"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        environ = dict.fromkeys(_CACHES, "")
        kept = {name: value for name, value in os.environ.items() if name not in environ}
        return seconds("env", "-i", *(f"{name}={value}" for name, value in kept.items()), "make", "setup", cwd=clone)


def synth(env: str) -> float:
    """`app.py` as `cdk synth` runs it, without the CDK's own validator, best of three."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {
            "CDK_OUTDIR": folder,
            "CDK_CONTEXT_JSON": f'{{"env": "{env}"}}',
            "CDK_VALIDATION": "false",
            "JSII_NODE": str(BIN / "node"),
        }
        return min(seconds(BIN / "python", "app.py", environ=environ) for _ in range(3))


def whole_suite() -> float:
    """`make test`."""
    return seconds("make", "test")


BENCHMARKS = (
    Benchmark("make setup, cold", cold_setup, 60),
    Benchmark("synth of one environment", lambda: synth("dev"), 4),
    Benchmark("synth of all environments", lambda: synth("all"), 6),
    Benchmark("make test", whole_suite, 600),
)
