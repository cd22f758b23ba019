"""`watchkeeper forwarding doctor`: the faults of the declaration and of the templates, before they cost data."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from watchkeeper.commands.env.assembly import read_stacks, stacks_of, synthesized
from watchkeeper.commands.session import Session
from watchkeeper.errors import Location, UsageError
from watchkeeper.forwarding.doctor import examine
from watchkeeper.forwarding.doctor.stacks import Stacks
from watchkeeper.forwarding.doctor.subject import Finding, Subject
from watchkeeper.forwarding.load import FILE, load_forwarding
from watchkeeper.forwarding.sites import SITES
from watchkeeper.project.source import read_document


@dataclass(frozen=True, slots=True)
class Examined:
    """stacks: names of those that were looked at."""

    stacks: tuple[str, ...]
    findings: tuple[Finding, ...]

    def to_json(self, env: str) -> dict[str, Any]:
        """The document of `--json`."""
        records = [
            {
                "rule": found.problem.rule,
                "severity": found.problem.severity,
                "resource": found.resource,
                "file": found.problem.where.file if found.problem.where else "",
                "line": found.problem.where.line if found.problem.where else 0,
                "column": found.problem.where.column if found.problem.where else 0,
                "message": found.problem.what,
                "fix": found.problem.fix,
            }
            for found in self.findings
        ]
        return {"schema_version": 1, "env": env, "stacks": list(self.stacks), "findings": records}


def examine_forwarding(session: Session, assembly: Path | None, templates: Sequence[Path]) -> Examined:
    """The doctor's findings. Without an assembly and without templates the project's app is run.

    Raises ConfigError for platform/forwarding.yaml, UsageError for templates that cannot be read or are not there.
    """
    declared = load_forwarding(session.project)
    stacks = _stacks(session, assembly, templates)
    subject = Subject(SITES[session.project.datadog.site], declared, _place(session), Stacks(stacks))
    return Examined(tuple(stacks), tuple(examine(subject)))


def _place(session: Session) -> Location:
    if not (session.root / FILE).is_file():
        return Location(FILE)
    return read_document(session.root, FILE).at_key(("metrics", "namespaces"))


def _stacks(session: Session, assembly: Path | None, templates: Sequence[Path]) -> Mapping[str, Any]:
    if templates:
        return _given(templates)
    name = session.environment.name
    if assembly is not None:
        return _chosen(session, assembly)
    with synthesized(session, name, {}) as folder:
        return _chosen(session, folder)


def _given(templates: Sequence[Path]) -> Mapping[str, Any]:
    """By the name of the file; by the whole path where two have the same name."""
    names = Counter(path.name.partition(".")[0] for path in templates)
    found = {}
    for path in templates:
        data = read_document(path.parent, path.name).data or {}
        if not isinstance(data, Mapping):
            raise UsageError(f"{path} is no CloudFormation template", "give a file with `Resources:`")
        name = path.name.partition(".")[0]
        found[name if names[name] == 1 else str(path)] = data
    return found


def _chosen(session: Session, folder: Path) -> Mapping[str, Any]:
    name = session.environment.name
    found = stacks_of(name, read_stacks(folder), session.project.environments)
    if not found:
        raise UsageError(f"{folder} holds no stack of `{name}`", f"synthesize it: cdk synth -c env={name} -o {folder}")
    return found
