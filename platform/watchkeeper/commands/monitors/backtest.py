"""`monitors backtest`: which pages the monitors would have sent on recorded series."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from watchkeeper.adapters.series_files import SeriesFiles
from watchkeeper.commands.monitors.declared import declared_monitors
from watchkeeper.commands.monitors.engine import Engine, run_jobs
from watchkeeper.commands.monitors.live_series import read_live
from watchkeeper.commands.monitors.recordings import asked_for, read_recordings, unrecorded
from watchkeeper.commands.monitors.subjects import declared_subjects, exported_subjects
from watchkeeper.commands.monitors.woken import woken
from watchkeeper.commands.session import Session
from watchkeeper.errors import ConfigError, Problem, UsageError, did_you_mean
from watchkeeper.monitors.alerting import any_query, monitor_rules
from watchkeeper.monitors.backtest.labels import Incident, Score, parse_labels, score
from watchkeeper.monitors.backtest.outcome import Outcome
from watchkeeper.monitors.backtest.run import Job
from watchkeeper.monitors.backtest.what_if import Trial, combinations, variant_text, with_settings
from watchkeeper.monitors.playback import member_ids, queried_metrics
from watchkeeper.monitors.subject import Subject
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.routing.load import load_on_call


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked. series: as `--series` takes them. start, end: Unix seconds; None for the recording's own.

    is_live: they come from Datadog. since_s: the period's
    length instead of its start. paths: monitor templates, or JSON as Datadog exports it; none for
    all of the environment. only: ids of monitors.
    """

    series: Sequence[str] = ()
    is_live: bool = False
    paths: Sequence[Path] = ()
    only: Sequence[str] = ()
    start: int | None = None
    end: int | None = None
    since_s: int | None = None
    labels: str = ""
    trials: Sequence[Trial] = ()
    base: str = ""
    has_curves: bool = False
    engine: Engine = "processes"
    workers: int = 0
    scheduler: str = ""


@dataclass(slots=True)
class Answer:
    """What was found. variants: of a what-if, by their settings. before: of `--base`, by monitor.

    is_partial: interrupted, so that monitors are missing. rows, dropped: samples read, and those that could not serve.
    """

    start: int
    end: int
    outcomes: list[Outcome] = field(default_factory=list)
    variants: dict[str, list[Outcome]] = field(default_factory=dict)
    before: list[Outcome] = field(default_factory=list)
    base: str = ""
    incidents: Sequence[Incident] = ()
    woken: Mapping[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    rows: int = 0
    dropped: int = 0
    jobs: int = 0
    done: int = 0
    is_partial: bool = False
    wall_s: float = 0.0
    requests: int = 0

    def score(self, outcome: Outcome) -> Score | None:
        """How a monitor's pages fit the labels; None without labels."""
        return score(outcome, self.incidents) if self.incidents else None


def run_backtest(
    session: Session, question: Question, progress: Callable[[int, int], None] = lambda _done, _all: None
) -> Answer:
    """progress: is told how many jobs are done, and of how many. Raises ConfigError, UsageError."""
    started = time.perf_counter()
    subjects, problems = replayable(_chosen(load_subjects(session, question.paths), question.only))
    before = _subjects_of_revision(session, question) if question.base else []
    requests = 0
    if question.is_live:
        start, end = _asked_period(question)
        live = read_live(session, [*subjects, *before], start, end, int(time.time()), progress)
        requests = live.requests
        files = SeriesFiles(live.series, live.rows, 0, tuple(live.problems))
        changed = {id(old): new for old, new in live.pairs}
        subjects = [changed[id(each)] for each in subjects if id(each) in changed]
        before = [changed[id(each)] for each in before if id(each) in changed]
    else:
        files = read_recordings(question.series, asked_for([*subjects, *before]), int(time.time()))
        start, end = _recorded_period(question, files)
    if end <= start:
        raise UsageError(
            "the period ends before it begins", "the recording may lie elsewhere: leave --from and --to out"
        )
    answer = Answer(start, end, rows=files.rows, dropped=files.dropped, base=question.base)
    answer.requests = requests
    answer.problems = [*problems, *files.problems]
    if not question.is_live:
        answer.problems += unrecorded(subjects, files.series)
    answer.incidents = read_labels(question.labels) if question.labels else ()
    jobs = [(("now", ""), job) for job in _jobs(subjects, answer, question)]
    jobs += [(("before", ""), job) for job in _jobs(before, answer, question)]
    jobs += [(("variant", job.variant), job) for job in _variant_jobs(subjects, answer, question)]
    answer.jobs = len(jobs)
    found: dict[int, Outcome] = {}
    plain = [job for _, job in jobs]
    try:
        progress(0, len(jobs))
        for number, outcome in run_jobs(
            plain, files.series, question.engine, workers=question.workers, scheduler=question.scheduler
        ):
            found[number] = outcome
            progress(len(found), len(jobs))
    except KeyboardInterrupt:
        answer.is_partial = True
    for number, ((role, variant), _) in enumerate(jobs):
        if number in found:
            target = {"now": answer.outcomes, "before": answer.before}.get(role)
            (answer.variants.setdefault(variant, []) if target is None else target).append(found[number])
    answer.done = len(found)
    if any(outcome.reaches for outcome in answer.outcomes):
        answer.woken = woken(answer.outcomes, load_on_call(session.project, session.environment))
    answer.wall_s = time.perf_counter() - started
    return answer


def _asked_period(question: Question) -> tuple[int, int]:
    """Of `--live`: it must be said. Raises UsageError."""
    now = int(time.time())
    end = now - now % 60 if question.end is None else question.end
    if question.start is not None:
        return question.start, end
    if question.since_s is None:
        raise UsageError("--live needs a period", "add --since 30d")
    return end - question.since_s, end


def _recorded_period(question: Question, files: SeriesFiles) -> tuple[int, int]:
    """The recording's own, as far as nothing else is said."""
    recorded = files.series.period
    assert recorded is not None
    end = recorded[1] if question.end is None else question.end
    start = recorded[0] - recorded[0] % 60 if question.start is None else question.start
    return start if question.since_s is None else max(start, end - question.since_s), end


def load_subjects(session: Session, paths: Sequence[Path]) -> list[Subject]:
    """The declared monitors of the environment, or those that paths name. Raises ConfigError, UsageError."""
    found: list[Subject] = []
    chosen: Sequence[Path | None] = paths or (None,)
    for path in chosen:
        target = None if path is None else session.root / path if (session.root / path).exists() else path
        if target is not None and not target.exists():
            raise UsageError(f"{path} does not exist", "name a file or folder of monitors")
        if target is not None and (target.suffix == ".json" or (target.is_dir() and any(target.rglob("*.json")))):
            found += exported_subjects(session.root, target)
        else:
            found += declared_subjects(declared_monitors(session, target))
    if not found:
        raise UsageError("there are no monitors there", "name a file or folder of monitors")
    return found


def _chosen(subjects: list[Subject], only: Sequence[str]) -> list[Subject]:
    for name in only:
        if not any(name in (subject.id, subject.declaration) for subject in subjects):
            hint = did_you_mean(name, [subject.id for subject in subjects]) or "see: monitors render"
            raise UsageError(f"there is no monitor `{name}`", hint)
    return [subject for subject in subjects if not only or subject.id in only or subject.declaration in only]


def replayable(subjects: Sequence[Subject]) -> tuple[list[Subject], list[Problem]]:
    """Those that can be played through, and why the others cannot. Raises ConfigError when none can."""
    found: list[Subject] = []
    problems: list[Problem] = []
    known = {subject.definition.get("id") for subject in subjects}
    for subject in subjects:
        try:
            any_query(subject.definition)
            monitor_rules(subject.definition)
            queried_metrics(subject)
            missing = [str(number) for number in member_ids(subject) if number not in known]
        except QuerySyntaxError as err:
            what = f"`{subject.id}` is left out: {err}"
            problems.append(Problem(what, subject.where, fix=err.fix, rule="query", severity="warning"))
            continue
        if missing:
            what = f"`{subject.id}` is left out: its members {', '.join(missing)} are not among the monitors"
            fix = "export them into the same folder"
            problems.append(Problem(what, subject.where, fix=fix, rule="query", severity="warning"))
            continue
        found.append(subject)
    if not found:
        raise ConfigError([Problem(each.what, each.where, fix=each.fix, rule=each.rule) for each in problems])
    return found, problems


def _jobs(subjects: Sequence[Subject], answer: Answer, question: Question) -> list[Job]:
    by_id = {subject.definition.get("id"): subject.definition for subject in subjects}
    return [
        Job(
            subject=subject,
            start=answer.start,
            end=answer.end,
            members={number: by_id[number] for number in member_ids(subject) if number in by_id},
            has_curve=question.has_curves,
        )
        for subject in subjects
    ]


def _variant_jobs(subjects: Sequence[Subject], answer: Answer, question: Question) -> list[Job]:
    if not question.trials:
        return []
    return [
        replace(job, subject=with_settings(job.subject, settings), variant=variant_text(settings), has_curve=False)
        for settings in combinations(question.trials)
        for job in _jobs(subjects, answer, question)
    ]


def _subjects_of_revision(session: Session, question: Question) -> list[Subject]:
    from watchkeeper.commands.monitors.revision import session_at

    with session_at(session, question.base) as before:
        subjects = _chosen_before(load_subjects(before, question.paths), question.only)
    return replayable(subjects)[0] if subjects else []


def _chosen_before(subjects: list[Subject], only: Sequence[str]) -> list[Subject]:
    """A monitor that is new has no former self."""
    return [subject for subject in subjects if not only or subject.id in only or subject.declaration in only]


def read_labels(text: str) -> list[Incident]:
    """Of `--labels FILE` or `FILE#KEY`. Raises UsageError, ConfigError."""
    name, _, key = text.partition("#")
    try:
        content = Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as err:
        raise UsageError(f"cannot read the labels {name}: {err}", "write a CSV start,end,name") from err
    return parse_labels(content, name, key)
