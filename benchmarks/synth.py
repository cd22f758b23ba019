"""What the synthesis of environments costs in processor time, beside a bare CDK app of the same constructs."""

import json
import os
import re
import resource
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from benchmarks.bare_app import write
from benchmarks.figure import ROOT, Benchmark, seconds

_RUNS = 5
os.environ.setdefault("JSII_NODE", str(ROOT / ".venv" / "bin" / "node"))


def _cpu_seconds(*command: str | Path, cwd: Path, environ: Mapping[str, str]) -> float:
    """Processor time of one run, its Node process included: what a busy machine does not blur."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds(*command, cwd=cwd, environ=environ)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


@contextmanager
def _project(*, is_larger: bool) -> Iterator[Path]:
    """A project of three environments, or of four."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        for name in ("app.py", "cdk.json"):
            shutil.copy(ROOT / name, project)
        shutil.copytree(ROOT / "autoscaling", project / "autoscaling")
        text = (ROOT / "watchkeeper.yaml").read_text()
        if not is_larger:
            text, found = re.subn(r"\n  stage:\n(?:    .*\n)+", "\n", text)
            assert found == 1
            for path in (project / "autoscaling").glob("*.yaml"):
                path.write_text(re.sub(r"\n  stage:.*(?:\n    .*)*", "", path.read_text()))
        (project / "watchkeeper.yaml").write_text(text)
        yield project


def _environ(project: Path, out: str, *, is_validated: bool) -> dict[str, str]:
    context = {**json.loads((ROOT / "cdk.json").read_text())["context"], "env": "all"}
    return {
        "CDK_OUTDIR": str(project / out),
        "CDK_CONTEXT_JSON": json.dumps(context),
        "CDK_VALIDATION": str(is_validated).lower(),
        "CDK_DISABLE_STACK_TRACE": "1",
        "PYTHONPATH": f"{ROOT}:{project}",
        "JSII_NODE": str(ROOT / ".venv" / "bin" / "node"),
    }


def _ours(project: Path, *, is_validated: bool = False) -> float:
    environ = _environ(project, "out", is_validated=is_validated)
    return _cpu_seconds(sys.executable, "app.py", cwd=project, environ=environ)


def _bare(project: Path, *, is_validated: bool = False) -> float:
    environ = _environ(project, "bare", is_validated=is_validated)
    return _cpu_seconds(sys.executable, "-c", "import bare_made", cwd=project, environ=environ)


@lru_cache
def _ratio(*, is_validated: bool) -> float:
    """Best of both in turns, so that a busy machine hits both."""
    with _project(is_larger=False) as project:
        _ours(project)
        write(project / "out", project / "bare_made.py")
        ours, bare = [], []
        for _ in range(_RUNS):
            ours.append(_ours(project, is_validated=is_validated))
            bare.append(_bare(project, is_validated=is_validated))
        stacks = [len(list((project / name).glob("*.template.json"))) for name in ("out", "bare")]
        assert stacks[0] == stacks[1]
        return min(ours) / min(bare)


def beside_a_bare_app() -> float:
    """Three environments of two services each, whole process, times a bare app of the same constructs."""
    return _ratio(is_validated=False)


def beside_a_bare_app_validated() -> float:
    """The same with the CDK's built-in validator in both."""
    return _ratio(is_validated=True)


@lru_cache
def _one_more() -> tuple[float, float]:
    """Four environments less three, the best of each: ours, and the bare app's."""
    with _project(is_larger=False) as three, _project(is_larger=True) as four:
        for project in (three, four):
            _ours(project)
            write(project / "out", project / "bare_made.py")
        ours: dict[Path, list[float]] = {three: [], four: []}
        bare: dict[Path, list[float]] = {three: [], four: []}
        for _ in range(_RUNS):
            for project in (three, four):
                ours[project].append(_ours(project))
                bare[project].append(_bare(project))
        return min(ours[four]) - min(ours[three]), min(bare[four]) - min(bare[three])


def one_more_environment() -> float:
    """What the fourth environment adds."""
    return _one_more()[0]


def one_more_environment_bare() -> float:
    """What it adds to a bare app of the same constructs: the part that is the CDK's own."""
    return _one_more()[1]


BENCHMARKS = (
    Benchmark("synth of 3 environments, times a bare app", beside_a_bare_app, 1.3, "x"),
    Benchmark("the same with the validator", beside_a_bare_app_validated, 1.3, "x"),
    Benchmark("synth of one more environment", one_more_environment, 0.2),
    Benchmark("synth of one more environment, bare app", one_more_environment_bare, None),
)
