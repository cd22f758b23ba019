"""The monitors that a test or a backtest plays through: the declared ones of an environment, or Datadog's JSON."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from watchkeeper.commands.monitors.declared import Declared
from watchkeeper.errors import ConfigError, Location, Problem
from watchkeeper.monitors.model import Monitor
from watchkeeper.monitors.slo.model import SloType
from watchkeeper.monitors.subject import Subject
from watchkeeper.routing.routes import handles


def declared_subjects(declared: Declared) -> list[Subject]:
    """Every declared monitor, with its handles in the message as it would be synced."""
    return [subject_of(declared, monitor) for monitor in declared.monitors]


def subject_of(declared: Declared, monitor: Monitor) -> Subject:
    """One declared monitor."""
    return Subject(
        id=monitor.identity.short,
        declaration=monitor.identity.id,
        env=monitor.env,
        definition=declared.body(monitor),
        reaches=tuple(handle.reaches for handle in handles(declared.routes, monitor)),
        where=monitor.where,
        slos=declared.objectives(monitor),
    )


def exported_subjects(root: Path, path: Path) -> list[Subject]:
    """Monitors as Datadog exports them: a file that holds one object or a list, or a folder of such files.

    Objectives among them serve the alerts that name their ids. The handles are those in the messages. Raises
    ConfigError with every problem.
    """
    target = path if path.is_absolute() or path.exists() else root / path
    files = sorted(target.rglob("*.json")) if target.is_dir() else [target]
    subjects: list[Subject] = []
    problems: list[Problem] = []
    slos: dict[str, Mapping[str, Any]] = {}
    for file in files:
        name = _shown(root, file)
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
        except OSError as err:
            problems.append(Problem(f"cannot read {name}: {err.strerror}", Location(name)))
        except json.JSONDecodeError as err:
            problems.append(Problem(f"not JSON: {err.msg}", Location(name, err.lineno, err.colno), rule="json"))
        except UnicodeDecodeError:
            problems.append(Problem("the file is not UTF-8 text", Location(name), fix="save it as UTF-8"))
        else:
            for body in _bodies(data):
                if is_slo(body):
                    slos[str(body.get("id") or file.stem)] = body
                elif isinstance(body.get("query"), str) and isinstance(body.get("type"), str):
                    subjects.append(_exported(body, file, name))
                else:
                    what = "not a monitor as Datadog exports it: `query` and `type` are missing"
                    problems.append(Problem(what, Location(name), fix="export it again, or leave the file out"))
    if problems:
        raise ConfigError(problems)
    return [replace(subject, slos=slos) for subject in subjects]


def _shown(root: Path, file: Path) -> str:
    resolved, base = file.resolve(), root.resolve()
    return resolved.relative_to(base).as_posix() if resolved.is_relative_to(base) else str(file)


def is_slo(body: Mapping[str, Any]) -> bool:
    """Whether this is an objective as Datadog exports it."""
    return body.get("type") in get_args(SloType) and "thresholds" in body


def _bodies(data: object) -> Iterator[Mapping[str, Any]]:
    # The API answers for objectives with `{"data": [...]}`.
    data = data["data"] if isinstance(data, Mapping) and isinstance(data.get("data"), list) else data
    items = data if isinstance(data, list) else [data]
    for item in items:
        inner = item.get("definition", item) if isinstance(item, Mapping) else item
        yield inner if isinstance(inner, Mapping) else {}


def _exported(body: Mapping[str, Any], file: Path, name: str) -> Subject:
    number = body.get("id")
    subject_id = str(number) if number is not None else file.stem
    return Subject(id=subject_id, declaration=subject_id, env="", definition=body, where=Location(name))
