"""`monitors backtest`: which pages the monitors would have sent on recorded series."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from watchkeeper.adapters.series_files import SeriesFiles
from watchkeeper.commands.monitors.engine import Engine, run_jobs
from watchkeeper.commands.monitors.live_series import read_live
from watchkeeper.commands.monitors.recordings import asked_for, read_recordings, unmatched, unrecorded
from watchkeeper.commands.monitors.roster import Roster, Wanted, load_former_roster, load_roster
from watchkeeper.commands.monitors.trials import trial_jobs
from watchkeeper.commands.monitors.woken import woken
from watchkeeper.commands.session import Session
from watchkeeper.errors import ConfigError, Problem, UsageError
from watchkeeper.monitors.backtest.labels import Incident, Score, parse_labels, score, unused_labels
from watchkeeper.monitors.backtest.outcome import Outcome
from watchkeeper.monitors.backtest.run import Job
from watchkeeper.monitors.backtest.what_if import Trial
from watchkeeper.monitors.backtest.wording import counted
from watchkeeper.monitors.playback import members_below
from watchkeeper.routing.load import load_on_call

Progress = Callable[[str, int, int], None]
"""Is told what is done, how many of it, and of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked. wanted: which monitors. series: as `--series` takes them. is_live: they come from Datadog instead.

    start, end: Unix seconds; None for the recording's own. since_s: the period's length instead of its start.
    """

    wanted: Wanted = field(default_factory=Wanted)
    series: Sequence[str] = ()
    is_live: bool = False
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

    is_partial: interrupted, so that monitors are missing. pieces, read: answers of Datadog that `--live` needs, and
    those that are there; kept: the folder of them. rows, dropped: samples found, and those that could not serve.
    unasked: samples of metrics that no monitor asks for, by metric.
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
    unasked: Mapping[str, int] = field(default_factory=dict)
    jobs: int = 0
    done: int = 0
    is_partial: bool = False
    pieces: int = 0
    read: int = 0
    kept: str = ""
    wall_s: float = 0.0
    requests: int = 0

    @property
    def partial_text(self) -> str:
        """What is missing after an interrupt, and how it goes on; empty where nothing is."""
        if not self.is_partial:
            return ""
        text = f"interrupted after {self.done} of {counted(self.jobs, 'run')}"
        if self.read < self.pieces:
            text = (
                f"interrupted after {self.read} of {counted(self.pieces, 'answer')} of Datadog; those of settled hours "
            )
            text += f"are kept in {self.kept}, and the same command goes on there; "
            text += f"{self.done} of {counted(self.jobs, 'run')} could be made of them"
        return text

    def score(self, outcome: Outcome) -> Score | None:
        """How a monitor's pages fit the labels; None without labels."""
        return score(outcome, self.incidents) if self.incidents else None


@dataclass(frozen=True, slots=True)
class _Material:
    """What is played through what, from when to when. before: of `--base`. requests: how many it took."""

    roster: Roster
    before: Roster
    files: SeriesFiles
    start: int
    end: int
    requests: int
    pieces: int = 0
    read: int = 0
    kept: str = ""


def run_backtest(session: Session, question: Question, progress: Progress = lambda _what, _done, _all: None) -> Answer:
    """Raises ConfigError, UsageError, RemoteError."""
    started = time.perf_counter()
    roster = load_roster(session, question.wanted)
    before = _former_roster(session, question) if question.base else Roster()
    material = (_live if question.is_live else _recorded)(session, question, roster, before, progress)
    if material.end <= material.start:
        fix = "the recording may lie elsewhere: leave --from and --to out"
        raise UsageError("the period ends before it begins", fix)
    files, period = material.files, (material.start, material.end)
    answer = Answer(
        *period,
        rows=files.rows,
        dropped=files.dropped,
        unasked=files.unasked,
        base=question.base,
        requests=material.requests,
        problems=_problems(material, question),
        incidents=read_labels(question.labels) if question.labels else (),
        pieces=material.pieces,
        read=material.read,
        kept=material.kept,
        is_partial=material.read < material.pieces,
    )
    if question.labels:
        answer.problems += unused_labels(answer.incidents, question.labels, material.roster.subjects, *period)
    _play(material, question, answer, progress)
    if any(outcome.reaches for outcome in answer.outcomes):
        answer.woken = woken(answer.outcomes, load_on_call(session.project, session.environment))
    answer.wall_s = time.perf_counter() - started
    return answer


def _recorded(_session: Session, question: Question, roster: Roster, before: Roster, _progress: Progress) -> _Material:
    asked = asked_for([*roster.everyone, *before.everyone])
    files = read_recordings(question.series, asked, int(time.time()))
    return _Material(roster, before, files, *_recorded_period(question, files), roster.requests)


def _live(session: Session, question: Question, roster: Roster, before: Roster, progress: Progress) -> _Material:
    start, end = _asked_period(question)
    now = int(time.time())
    tell = partial(progress, "answers of Datadog")
    live = read_live(session, [*roster.everyone, *before.everyone], start, end, now, tell)
    files = SeriesFiles(live.series, live.rows, 0, tuple(live.problems))
    played = roster.changed(live.pairs)
    is_complete = live.done == live.pieces
    if not played.subjects and is_complete:
        raise ConfigError([replace(each, severity="error") for each in (*played.problems, *live.problems)])
    requests = roster.requests + live.requests
    reading = (live.pieces, live.done, live.kept)
    return _Material(played, before.changed(live.pairs), files, start, end, requests, *reading)


def _problems(material: _Material, question: Question) -> list[Problem]:
    roster, files = material.roster, material.files
    found = [*roster.problems, *files.problems]
    found += [replace(each, what=f"at {question.base}: {each.what}") for each in material.before.problems]
    if not question.is_live:
        found += unrecorded(roster.everyone, files) + unmatched(roster.everyone, files.series)
    return found


def _play(material: _Material, question: Question, answer: Answer, progress: Progress) -> None:
    """Run every job and put its outcome where it belongs; an interrupt leaves those that were done."""
    now = _jobs(material.roster, answer, question)
    before = _jobs(material.before, answer, question)
    variants, unfit = trial_jobs([replace(job, has_curve=False) for job in now], question.trials)
    answer.problems += unfit
    jobs = [*now, *before, *variants]
    answer.jobs = len(jobs)
    found: dict[int, Outcome] = {}
    try:
        progress("runs", 0, len(jobs))
        with closing(
            run_jobs(
                jobs, material.files.series, question.engine, workers=question.workers, scheduler=question.scheduler
            )
        ) as running:
            for number, outcome in running:
                found[number] = outcome
                progress("runs", len(found), len(jobs))
    except KeyboardInterrupt:
        answer.is_partial = True
    answer.done = len(found)
    for number, outcome in sorted(found.items()):
        if number < len(now):
            answer.outcomes.append(outcome)
        elif number < len(now) + len(before):
            answer.before.append(outcome)
        else:
            answer.variants.setdefault(jobs[number].variant, []).append(outcome)


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


def _jobs(roster: Roster, answer: Answer, question: Question) -> list[Job]:
    return [
        Job(
            subject=subject,
            start=answer.start,
            end=answer.end,
            members=members_below(subject, roster.members),
            has_curve=question.has_curves,
        )
        for subject in roster.subjects
    ]


def _former_roster(session: Session, question: Question) -> Roster:
    """The monitors of `--base`."""
    from watchkeeper.commands.monitors.revision import session_at

    with session_at(session, question.base) as before:
        return load_former_roster(before, question.wanted)


def read_labels(text: str) -> list[Incident]:
    """Of `--labels FILE` or `FILE#KEY`. Raises UsageError, ConfigError."""
    name, _, key = text.partition("#")
    try:
        content = Path(name).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as err:
        raise UsageError(f"cannot read the labels {name}: {err}", "write a CSV start,end,name") from err
    return parse_labels(content, name, key)
