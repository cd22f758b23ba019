"""References of declared monitors to each other: `<< monitor('api/edge-5xx') >>` in a composite's query. Pure."""

from collections.abc import Collection
from dataclasses import replace

from watchkeeper.errors import Location, Problem, did_you_mean
from watchkeeper.monitors.model import KIND, Monitor
from watchkeeper.project.identity import Identity
from watchkeeper.project.placing import line_and_column
from watchkeeper.project.references import Reference, candidates, reference_text, references_in, replace_references


def refers_to_monitors(monitor: Monitor) -> bool:
    """Whether it names another declared monitor."""
    return any(each.kind == KIND for text in (monitor.query, monitor.message) for each in references_in(text))


def linked_monitor(monitor: Monitor, known: Collection[Identity], problems: list[Problem]) -> Monitor:
    """The monitor with every reference spelled in full; those to monitors that nobody declares become problems.

    An id alone means the monitor of the same service, else that of the environment.
    """
    if not refers_to_monitors(monitor):
        return monitor

    def in_full(name: str, text: str) -> str:
        def spelled(reference: Reference) -> str:
            if reference.kind != KIND:
                return text[reference.at : reference.end]
            found = next((each for each in candidates(reference, monitor.identity) if each in known), None)
            if found is None:
                problem = _unknown(monitor, name, text, reference, known)
                # A template that is repeated has the same mistake in every entry.
                if problem not in problems:
                    problems.append(problem)
                return text[reference.at : reference.end]
            return reference_text(KIND, found.short)

        return replace_references(text, spelled)

    return replace(monitor, query=in_full("query", monitor.query), message=in_full("message", monitor.message))


def _unknown(monitor: Monitor, name: str, text: str, reference: Reference, known: Collection[Identity]) -> Problem:
    names = sorted(identity.short for identity in known)
    near = [each for each in names if each.rpartition("/")[2] == reference.name.rpartition("/")[2]]
    fix = did_you_mean(reference.name, names) or (f"did you mean `{near[0]}`?" if near else "see: monitors render")
    what = f"`{monitor.env}` has no monitor `{reference.name}`"
    return Problem(what, _place(monitor, name, text, reference.at), fix=fix, rule="unknown-reference")


def _place(monitor: Monitor, name: str, text: str, offset: int) -> Location:
    found = monitor.entry.index_inside((name,), text, offset)
    if found is None:
        return monitor.entry.where(name)
    return Location(monitor.entry.document.file, *line_and_column(monitor.entry.document.text, found[0]))
