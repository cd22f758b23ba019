"""A monitor through a period, evaluation by evaluation, with what people hear of it.

The one place where unit tests call the evaluator and the state machine, which the sandbox calls too; `replay` is its
counterpart for recorded months.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from watchkeeper.monitors.alerting import MonitorMemory, any_query, parsed_query, run_monitor
from watchkeeper.monitors.downtime import Downtime
from watchkeeper.monitors.message import Rendered
from watchkeeper.monitors.rules import State
from watchkeeper.monitors.slo.objective import Counted, objective_for
from watchkeeper.monitors.state import GroupState, Transition
from watchkeeper.monitors.subject import Subject, reached, render_for
from watchkeeper.query.ast import Metric
from watchkeeper.query.forms import CheckQuery, CompositeQuery, MemberId, SloQuery
from watchkeeper.query.monitored import computed_threshold
from watchkeeper.query.searched import series_names
from watchkeeper.query.series import Kind, SeriesSource
from watchkeeper.query.visit import members_of, metrics_in

STEP_S = 60
"""Nothing is evaluated more often."""


@dataclass(frozen=True, slots=True)
class Step:
    """What an evaluation at `at` (Unix seconds) left behind, and the transitions that it made."""

    at: int
    memory: MonitorMemory
    transitions: tuple[Transition, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A transition as people hear of it. rendered is None and reaches is empty where nobody is told."""

    transition: Transition
    rendered: Rendered | None
    reaches: tuple[str, ...]


Member = Subject | Sequence[State | None]
"""A monitor of a composite or of an objective: played through itself, or its states minute by minute.

None keeps the state before.
"""


def play(
    subject: Subject,
    source: SeriesSource,
    start: int,
    end: int,
    *,
    downtimes: Collection[Downtime] = (),
    members: Mapping[MemberId, Member] = MappingProxyType({}),
) -> Iterator[Step]:
    """How it begins at `start`, and every evaluation in (start, end], Unix seconds.

    members: of a composite or of an objective on monitors, by id; members of members before them. Raises
    QuerySyntaxError.
    """
    memory = MonitorMemory()
    memories = {number: MonitorMemory() for number in members}
    yield Step(start, memory, ())
    for at in range(start + STEP_S, end + 1, STEP_S):
        for number, member in members.items():
            if isinstance(member, Subject):
                memories[number], _ = run_monitor(
                    member.definition, memories[number], source, at, members=memories, slos=member.slos
                )
            else:
                memories[number] = _given(member, (at - start) // STEP_S - 1, memories[number])
        memory, transitions = run_monitor(
            subject.definition, memory, source, at, downtimes=downtimes, members=memories, slos=subject.slos
        )
        yield Step(at, memory, transitions)


def _given(states: Sequence[State | None], index: int, before: MonitorMemory) -> MonitorMemory:
    state = states[index] if index < len(states) else None
    if state is None:
        return before
    # A state that is given is one that people know of.
    return MonitorMemory(MappingProxyType({(): GroupState(state=state, notified=state)}))


def notice_of(subject: Subject, transition: Transition) -> Notice:
    """What people hear of a transition. Raises MessageSyntaxError."""
    if not transition.notifies:
        return Notice(transition, None, ())
    rendered = render_for(subject, transition)
    return Notice(transition, rendered, reached(subject, rendered))


def queried_metrics(subject: Subject) -> dict[str, Kind]:
    """Every series that a monitor asks for, and its kind as far as the query tells; none of a composite.

    Raises QuerySyntaxError where the query cannot be evaluated.
    """
    query = any_query(subject.definition)
    if isinstance(query, CompositeQuery):
        return {}
    if isinstance(query, CheckQuery):
        return {query.check.plain: "gauge"}
    if isinstance(query, SloQuery):
        objective = objective_for(query, subject.slos)
        objective.budget(query)
        counts = isinstance(objective, Counted)
        return {
            metric.name: "count" if counts or metric.method("as_count") or metric.method("as_rate") else "gauge"
            for metric in objective.metrics
        }
    kinds: dict[str, Kind] = {}
    for metric in _metrics_of(subject):
        counts = metric.method("as_count") is not None or metric.method("as_rate") is not None
        for name in series_names(metric):
            if counts or name not in kinds:
                kinds[name] = "count" if counts else "gauge"
    return kinds


def unheard(subject: Subject, known: Collection[str]) -> list[str]:
    """The series that a monitor asks for and that nothing is known of; one of two ways to give a search will do.

    Raises QuerySyntaxError.
    """
    query = any_query(subject.definition)
    if isinstance(query, CompositeQuery | CheckQuery | SloQuery):
        return [name for name in queried_metrics(subject) if name not in known]
    names = (series_names(metric) for metric in _metrics_of(subject))
    return list(dict.fromkeys(each[0] for each in names if not any(name in known for name in each)))


def _metrics_of(subject: Subject) -> list[Metric]:
    options = subject.definition.get("options") or {}
    computed = computed_threshold(any_query(subject.definition), options)
    queries = (parsed_query(subject.definition), *(computed.queries if computed else ()))
    return [metric for query in queries for metric in metrics_in(query)]


def member_ids(subject: Subject) -> tuple[MemberId, ...]:
    """The monitors that a composite combines, as it names them, or that an alert's objective is made of.

    None of any other one. Raises QuerySyntaxError.
    """
    query = any_query(subject.definition)
    if isinstance(query, SloQuery):
        return objective_for(query, subject.slos).members
    return members_of(query.condition) if isinstance(query, CompositeQuery) else ()


def members_below(subject: Subject, known: Mapping[MemberId, Subject]) -> dict[MemberId, Subject]:
    """The members of a monitor, and those of its members before them. known: everybody, as queries name them.

    Those that are not known are left out. Raises QuerySyntaxError.
    """
    found: dict[MemberId, Subject] = {}

    def add(names: Collection[MemberId], above: tuple[MemberId, ...]) -> None:
        for name in names:
            if name in known and name not in found and name not in above:
                add(member_ids(known[name]), (*above, name))
                found[name] = known[name]

    add(member_ids(subject), ())
    return found
