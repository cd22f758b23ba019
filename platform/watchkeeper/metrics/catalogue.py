"""What is known about metrics: kind, unit, range, tags, which aggregators make sense. Extended by `metrics.yaml`.

The tables stand in `data/`, one file a family; `data/families.yaml` says where each comes from and when it was read.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal, get_args

import yaml

from watchkeeper.errors import ConfigError, Problem
from watchkeeper.project.source import Document, read_document
from watchkeeper.project.validate import STRICT, locate_in, validate

Kind = Literal["gauge", "count", "rate", "distribution"]
Good = Literal["low", "high"]

FILE: Final = "metrics.yaml"
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

_KINDS: Final[Mapping[str, Kind]] = {kind: kind for kind in KINDS}
_GOOD: Final[Mapping[str, Good | None]] = {"": None, "low": "low", "high": "high"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricFacts:
    """One metric.

    unit: of a value, singular; empty where it has none. low, high: the values it can take; None is no bound.
    likely_low, likely_high: thresholds outside of these were probably meant in another unit. good: which direction is.
    sensible, avoid: space aggregators. tags: keys beside those that the project sets. interval_s: between two values.
    """

    name: str
    kind: Kind
    unit: str = ""
    low: float | None = None
    high: float | None = None
    likely_low: float | None = None
    likely_high: float | None = None
    good: Good | None = None
    sensible: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    interval_s: int = 0
    means: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Metrics with one prefix. Every metric of a family is in the catalogue, so an unknown one is a slip."""

    prefix: str
    file: str
    title: str
    tags: tuple[str, ...]
    interval_s: int
    source: str
    read: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Metrics by name, and the families that are known as a whole."""

    metrics: Mapping[str, MetricFacts]
    families: Sequence[Family] = ()

    def get(self, name: str) -> MetricFacts | None:
        """What is known of a metric; None where nothing is."""
        return self.metrics.get(name)

    def family(self, name: str) -> Family | None:
        """The family that a metric's name belongs to."""
        return next((family for family in self.families if name.startswith(family.prefix)), None)

    def siblings(self, family: Family) -> list[str]:
        """The names of a family's metrics."""
        return [name for name in self.metrics if name.startswith(family.prefix)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """A metric in `metrics.yaml`; of a metric that the catalogue knows already, this counts instead.

    name: as queries call it. kind: what Datadog stores, on which `as_count` and the aggregation over time depend.
    unit: of a value, singular; empty where it has none. low: smallest value it can take; none where there is no
    bound. high: largest value it can take; none where there is no bound. likely_low: a threshold below it was
    probably meant in another unit. likely_high: a threshold above it was probably meant in another unit. good:
    whether low or high values are the good ones. sensible: space aggregators that make sense. avoid: space
    aggregators that mislead. tags: keys that its series carry, beside those that the project sets. interval_s:
    seconds between two values; 0 where it is not known. means: what it measures, in one sentence.
    """

    __pydantic_config__ = STRICT

    name: str
    kind: Kind
    unit: str = ""
    low: float | None = None
    high: float | None = None
    likely_low: float | None = None
    likely_high: float | None = None
    good: Good | None = None
    sensible: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    interval_s: int = 0
    means: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsFile:
    """Metrics of your own, which lint and the language server then know.

    metrics: one entry a metric, each name once.
    """

    __pydantic_config__ = STRICT

    metrics: tuple[Declaration, ...] = field(default=())


def shipped_catalogue() -> Catalogue:
    """The catalogue that comes with watchkeeper."""
    folder = files("watchkeeper.metrics").joinpath("data")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    declared = yaml.load(folder.joinpath("families.yaml").read_text(encoding="utf-8"), loader)["families"]  # noqa: S506
    families = [Family(**{**entry, "tags": tuple(entry["tags"]), "read": str(entry["read"])}) for entry in declared]
    metrics: dict[str, MetricFacts] = {}
    for family in families:
        text = folder.joinpath(family.file).read_text(encoding="utf-8")
        metrics.update((facts.name, facts) for facts in _rows(family, text))
    return Catalogue(metrics, tuple(families))


def load_catalogue(root: Path) -> Catalogue:
    """The shipped catalogue, and what the project's `metrics.yaml` adds or corrects. Raises ConfigError."""
    shipped = shipped_catalogue()
    if not (root / FILE).is_file():
        return shipped
    return extended(shipped, read_document(root, FILE))


def extended(catalogue: Catalogue, document: Document) -> Catalogue:
    """A catalogue with the metrics of a document, which win. Raises ConfigError with all problems."""
    locate = locate_in((document, ()))
    found = validate(MetricsFile, document.data or {}, locate, what="the metric catalogue")
    metrics = dict(catalogue.metrics)
    seen: set[str] = set()
    problems = []
    for index, each in enumerate(found.metrics):
        if each.name in seen:
            where = locate(("metrics", index, "name"), False)
            problems.append(Problem(f"`{each.name}` is declared twice", where, fix="remove one", rule="duplicate-id"))
        seen.add(each.name)
        values = {name: getattr(each, name) for name in Declaration.__slots__}
        metrics[each.name] = MetricFacts(**values, source=document.file)
    if problems:
        raise ConfigError(problems)
    return Catalogue(metrics, catalogue.families)


def _rows(family: Family, text: str) -> Iterator[MetricFacts]:
    for row in csv.DictReader(text.splitlines()):
        facts = _facts(family, row, family.prefix + row["name"])
        yield facts
        for statistic in row["stats"].split():
            yield _facts(family, row, f"{facts.name}.{statistic}", statistic)


def _facts(family: Family, row: Mapping[str, str], name: str, statistic: str = "") -> MetricFacts:
    # The sum and the number of samples of a minute have neither the range nor the unit trouble of a single value.
    is_total = statistic in ("sum", "samplecount")
    low, high, likely_low, likely_high = (
        float(row[key]) if row[key] else None for key in ("low", "high", "likely_low", "likely_high")
    )
    return MetricFacts(
        name=name,
        kind=_KINDS[row["kind"]],
        unit="" if statistic == "samplecount" else row["unit"],
        low=low,
        high=None if is_total else high,
        likely_low=None if is_total else likely_low,
        likely_high=None if is_total else likely_high,
        good=_GOOD[row["good"]],
        sensible=() if is_total else tuple(row["sensible"].split()),
        avoid=() if is_total else tuple(row["avoid"].split()),
        tags=family.tags,
        interval_s=family.interval_s,
        means=row["means"],
        source=family.source,
    )
