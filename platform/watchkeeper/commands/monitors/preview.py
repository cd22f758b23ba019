"""`monitors preview`: what a monitor would send, to whom, and who would be woken."""

from collections.abc import Sequence
from dataclasses import dataclass

from watchkeeper.commands.monitors.declared import declared_monitors
from watchkeeper.commands.monitors.subjects import declared_subjects
from watchkeeper.commands.session import Session
from watchkeeper.errors import UsageError, did_you_mean
from watchkeeper.monitors.message import MessageSyntaxError
from watchkeeper.monitors.playback import Notice
from watchkeeper.monitors.preview import NAMES, TransitionName, names_of, sample_notice
from watchkeeper.monitors.subject import Subject
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.routing.escalation import Reached, levels_at
from watchkeeper.routing.load import OnCallPlan, load_on_call


@dataclass(frozen=True, slots=True)
class Preview:
    """One transition as people receive it. people: level by level, for each PagerDuty service that is reached."""

    name: TransitionName
    notice: Notice
    people: Sequence[tuple[str, Sequence[Reached]]]


@dataclass(frozen=True, slots=True)
class Previews:
    """The transitions of a monitor. plan: names the people."""

    subject: Subject
    found: Sequence[Preview]
    plan: OnCallPlan


def preview_monitor(
    session: Session,
    name: str,
    transition: str | None,
    at: int,
    *,
    group: Sequence[str] = (),
    value: float | None = None,
) -> Previews:
    """transition: None for all of which people are told. at: Unix seconds. Raises UsageError, ConfigError."""
    subject = find_subject(declared_subjects(declared_monitors(session)), name)
    wanted = [each for each in NAMES if each == transition]
    plan = load_on_call(session.project, session.environment)
    try:
        notices = [
            (each, sample_notice(subject, each, at, group=group, value=value)) for each in wanted or names_of(subject)
        ]
    except QuerySyntaxError as err:
        raise UsageError(f"the query of `{subject.id}` cannot be evaluated: {err}", err.fix) from err
    except MessageSyntaxError as err:
        raise UsageError(f"the message of `{subject.id}` cannot be rendered: {err}", "see: monitors lint") from err
    return Previews(subject, [Preview(each, notice, _people(notice, plan, at)) for each, notice in notices], plan)


def find_subject(subjects: Sequence[Subject], name: str) -> Subject:
    """The monitor of that id; the id alone will do where one service has it. Raises UsageError."""
    exact = [subject for subject in subjects if subject.id == name]
    found = exact or [subject for subject in subjects if subject.declaration == name]
    if len(found) == 1:
        return found[0]
    known = [subject.id for subject in found or subjects]
    if found:
        raise UsageError(f"`{name}` is a monitor of several services", f"name one: {', '.join(known)}")
    raise UsageError(f"there is no monitor `{name}`", did_you_mean(name, known) or "see: monitors render")


def _people(notice: Notice, plan: OnCallPlan, at: int) -> list[tuple[str, Sequence[Reached]]]:
    services = {service.name: service for service in plan.services.values()}
    found: list[tuple[str, Sequence[Reached]]] = []
    for handle in notice.reaches:
        kind, _, name = handle.partition(":")
        if kind == "pagerduty" and name in services and notice.transition.current != "OK":
            policy = plan.policies[services[name].escalation_policy]
            found.append((handle, levels_at(policy, plan.schedules, at)))
    return found
