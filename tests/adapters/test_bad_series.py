"""Everything that may be wrong with recorded series, in every form: named with file and row, and counted."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from watchkeeper.adapters.series_files import SeriesFiles, read_series
from watchkeeper.errors import ConfigError

START = 1_764_000_000
NOW = START + 3600
Row = tuple[int, str, float, str]
"""Seconds from START, metric, value, unit."""


def write_csv(file: Path, rows: Sequence[Row]) -> None:
    lines = [f"{START + at},{metric},{value},host:a,{unit}" for at, metric, value, unit in rows]
    file.write_text("timestamp,metric,value,tags,unit\n" + "\n".join(lines) + "\n")


def write_parquet(file: Path, rows: Sequence[Row]) -> None:
    ats, metrics, values, units = zip(*rows, strict=True)
    columns = {
        "timestamp": [START + at for at in ats],
        "metric": metrics,
        "value": values,
        "tags": ["host:a"] * len(rows),
        "unit": units,
    }
    pq.write_table(pa.table(columns), file)


def write_json(file: Path, rows: Sequence[Row]) -> None:
    bodies = [
        {"metric": metric, "tags": ["host:a"], "unit": unit, "points": [{"timestamp": START + at, "value": value}]}
        for at, metric, value, unit in rows
    ]
    file.write_text("".join(json.dumps(body) + "\n" for body in bodies))


@dataclass(frozen=True)
class Form:
    """A form of series. first: the number of the first row as it is named."""

    name: str
    first: int
    write: Callable[[Path, Sequence[Row]], None]

    def read(self, folder: Path, rows: Sequence[Row]) -> SeriesFiles:
        self.write(folder / self.name, rows)
        return read_series([folder / self.name], metrics=["m"], now=NOW)


FORMS = (Form("s.csv", 2, write_csv), Form("s.parquet", 1, write_parquet), Form("s.jsonl", 1, write_json))
GOOD: tuple[Row, ...] = tuple((60 * minute, "m", float(minute), "second") for minute in range(5))


def samples(found: SeriesFiles) -> list[tuple[int, float]]:
    return [
        (stamp - START, value)
        for track in found.series.tracks("m")
        for stamp, value in zip(track.timestamps.tolist(), track.values.tolist(), strict=True)
    ]


@dataclass(frozen=True)
class Bad:
    """rows: what is written after the five good ones. named: a part of the one problem. row: counted from 0."""

    rows: tuple[Row, ...]
    named: str
    row: int
    dropped: int
    severity: str
    kept: tuple[tuple[int, float], ...] = ()


KEPT = tuple((60 * minute, float(minute)) for minute in range(5))
BAD = {
    "a gap": Bad(
        ((900, "m", 7.0, "second"),), "m{host:a} has a gap of 660 s, which stays empty", 5, 0, "info", ((900, 7.0),)
    ),
    "a duplicate": Bad(
        ((240, "m", 9.0, "second"),), "a later row has the same timestamp, and wins", 4, 1, "warning", ((240, 9.0),)
    ),
    "unsorted": Bad(
        ((360, "m", 6.0, "second"), (300, "m", 5.0, "second")),
        "m{host:a} is not sorted by time (1 steps back); it was sorted",
        6,
        0,
        "info",
        ((300, 5.0), (360, 6.0)),
    ),
    "the future": Bad(
        ((7200, "m", 7.0, "second"), (7260, "m", 7.0, "second")),
        "a sample of m{host:a} is dropped, and 1 more rows of it: its timestamp lies in the future",
        5,
        2,
        "warning",
    ),
    "milliseconds": Bad(
        (((START + 300) * 1000 - START, "m", 7.0, "second"),), "looks like milliseconds: write seconds", 5, 1, "warning"
    ),
    "mixed units": Bad(
        ((300, "m", 7000.0, "millisecond"), (360, "m", 7000.0, "millisecond")),
        "m{host:a} is in millisecond here, and in second before",
        5,
        2,
        "warning",
    ),
    "not a number": Bad(((300, "m", float("nan"), "second"),), "its value is not a finite number", 5, 1, "warning"),
    "infinite": Bad(((300, "m", float("inf"), "second"),), "its value is not a finite number", 5, 1, "warning"),
}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_what_is_wrong_is_named_with_file_and_row_and_counted(form: Form, bad: Bad, tmp_path: Path) -> None:
    """In CSV, Parquet and JSON lines alike; everything else is kept."""
    found = form.read(tmp_path, (*GOOD, *bad.rows))

    # Each of JSON's lines is a batch of its own in which a second unit is named.
    problem, *others = found.problems
    assert all(bad.named in each.what for each in others)
    assert bad.named in problem.what
    assert problem.where
    assert (problem.where.file, problem.where.line) == (str(tmp_path / form.name), form.first + bad.row)
    assert problem.severity == bad.severity
    assert found.dropped == bad.dropped
    assert found.rows == len(GOOD) + len(bad.rows)
    assert dict(samples(found)) == {**dict(KEPT), **dict(bad.kept)}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_series_that_nobody_asks_for_are_counted_by_metric(form: Form, tmp_path: Path) -> None:
    """A misspelt name is seen in the answer, and offered where one is missed."""
    found = form.read(tmp_path, (*GOOD, (0, "mm", 1.0, ""), (60, "mm", 1.0, "")))

    assert found.unasked == {"mm": 2}
    assert (found.rows, found.dropped) == (7, 0)
    assert samples(found) == list(KEPT)


def test_row_groups_of_other_metrics_are_counted_without_being_read(tmp_path: Path) -> None:
    """The statistics of a Parquet file name them."""
    rows = [*GOOD, *((60 * minute, "z", 1.0, "") for minute in range(5))]
    table = pa.table(
        {
            "timestamp": [START + at for at, *_ in rows],
            "metric": [metric for _, metric, *_ in rows],
            "value": [value for *_, value, _ in rows],
            "tags": [""] * len(rows),
        }
    )
    pq.write_table(table, tmp_path / "s.parquet", row_group_size=5)

    found = read_series([tmp_path], metrics=["m"], now=NOW)

    assert (found.unasked, found.rows, found.dropped) == ({"z": 5}, 10, 0)


UNREADABLE = {
    "s.csv": (
        "timestamp,metric,value,tags\n",
        [
            ("yesterday,m,1,host:a\n", 2, "`yesterday` is no timestamp"),
            (f"{START},m,12ms,host:a\n", 3, "`12ms` is no value"),
            (f"{START},,1,host:a\n", 4, "the metric is empty"),
            (f"{START},m\n", 5, "2 columns instead of 4"),
            (f"{START},m,,host:a\n", 6, "the value is empty"),
            (f"{10**25},m,1,host:a\n", 7, "is no timestamp"),
            ("2026-01-12T00:00:00,m,1,host:a\n", 8, "names no zone: write it with Z"),
        ],
    ),
    "s.jsonl": (
        "",
        [
            ("{broken\n", 1, "not JSON: Expecting property name"),
            ('{"metric": "m"}\n', 2, "`points` is missing"),
            ('{"metric": "m", "points": [{"timestamp": 1764000000}]}\n', 3, "point 1: `value` is missing"),
            (
                '{"metric": "m", "points": [{"timestamp": 1764000000, "value": 1}, {"timestamp": "x", "value": 2}]}\n',
                4,
                "point 2: `x` is no timestamp",
            ),
            ("[]\n", 5, "it is no object"),
            ('{"metric": "m", "points": [[1764000000, 1]]}\n', 6, "point 1: it is no object with `timestamp`"),
            ('{"metric": "m", "points": [], "tags": "host:a"}\n', 7, "`tags` is no list"),
            (
                '{"metric": "m", "points": [], "resources": [{"type": "host"}]}\n',
                8,
                "a resource needs `type` and `name`",
            ),
            (f'{{"metric": "m", "points": [{{"timestamp": {10**30}, "value": 1}}]}}\n', 9, "is no timestamp"),
            (f'{{"metric": "m", "points": [{{"timestamp": 1, "value": {10**400}}}]}}\n', 10, "is no value"),
            ('{"metric": "m", "points": [{"timestamp": 17640', 11, "not JSON: "),
        ],
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_each_row_that_cannot_be_read_is_named(name: str, tmp_path: Path) -> None:
    """The others are read; the last line of a file that was cut off is one of them."""
    header, lines = UNREADABLE[name]
    (tmp_path / name).write_text(header + "".join(text for text, _, _ in lines))

    found = read_series([tmp_path / name], now=NOW)

    named = {problem.where.line: problem.what for problem in found.problems if problem.where}
    assert named.keys() == {row for _, row, _ in lines}
    assert all(what in named[row] for _, row, what in lines)
    assert found.dropped == len(lines)


def test_a_missing_value_in_parquet_is_named(tmp_path: Path) -> None:
    """A null is no sample."""
    columns = {
        "timestamp": [START, None, START + 120],
        "metric": ["m", "m", None],
        "value": [None, 1.0, 2.0],
        "tags": ["host:a"] * 3,
    }
    pq.write_table(pa.table(columns), tmp_path / "s.parquet")

    found = read_series([tmp_path], now=NOW)

    assert [(each.where.line, each.what) for each in found.problems if each.where] == [
        (1, "row 1: the value is empty; the row is dropped"),
        (2, "row 2: the timestamp is empty; the row is dropped"),
        (3, "row 3: the metric is empty; the row is dropped"),
    ]
    assert found.dropped == 3


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9], ids=lambda share: f"{share:.0%}")
def test_a_parquet_file_that_was_cut_anywhere_is_refused_by_name(kept: float, tmp_path: Path) -> None:
    """Its index stands at the end."""
    file = tmp_path / "s.parquet"
    write_parquet(file, GOOD * 100)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * kept)])

    with pytest.raises(ConfigError) as caught:
        read_series([file])

    (problem,) = caught.value.problems
    assert problem.where
    assert problem.where.file == str(file)
    assert "truncated" in problem.fix


def test_a_sample_of_1970_does_not_make_a_period_of_half_a_century(tmp_path: Path) -> None:
    """It is dropped and named; nobody recorded Datadog's metrics before 1990."""
    found = FORMS[0].read(tmp_path, ((60 - START, "m", 7.0, "second"), *GOOD))

    assert [each.what for each in found.problems if each.severity == "warning"] == [
        f"row {FORMS[0].first}: a sample of m{{host:a}} is dropped: its timestamp lies before 1990: write Unix seconds"
    ]
    assert (found.dropped, samples(found)) == (1, list(KEPT))


def test_blank_lines_are_passed_over_and_the_rows_after_them_named_as_an_editor_counts_them(tmp_path: Path) -> None:
    """They are no samples, and the next bad row is not one too early."""
    text = f"timestamp,metric,value,tags\n\n{START},m,1,host:a\n\n\nyesterday,m,1,host:a\n\n{START + 60},m,2,host:a\n"
    (tmp_path / "s.csv").write_text(text)

    found = read_series([tmp_path], now=NOW)

    (problem,) = found.problems
    assert problem.where
    assert problem.where.line == 6
    assert (found.rows, found.dropped, samples(found)) == (3, 1, [(0, 1), (60, 2)])


NO_SERIES = {
    "utf-16": ("s.csv", "timestamp,metric,value,tags\n".encode("utf-16"), "`s.csv` is not UTF-8 text"),
    "binary": ("s.csv", bytes(range(256)), "`s.csv` is not UTF-8 text"),
    "capitals": ("s.csv", b"Timestamp,metric,value,tags\n", "the column `timestamp` is missing"),
    "a column twice": ("s.csv", b"timestamp,metric,value,tags,value\n", "the column `value` is there 2 times"),
}


@pytest.mark.parametrize(("name", "content", "what"), NO_SERIES.values(), ids=NO_SERIES.keys())
def test_a_file_that_is_no_series_is_refused_with_a_mend(name: str, content: bytes, what: str, tmp_path: Path) -> None:
    """Whatever it is, it is not our bug."""
    (tmp_path / name).write_bytes(content)

    with pytest.raises(ConfigError) as caught:
        read_series([tmp_path])

    (problem,) = caught.value.problems
    assert problem.what == what
    assert problem.fix


@pytest.mark.parametrize(
    ("column", "values", "holds"),
    [
        ("timestamp", [[1]], "list<element: int64>"),
        ("timestamp", [date(2026, 1, 12)], "date32[day]"),
        ("metric", [5], "int64"),
        ("tags", [["host:a"]], "list<element: string>"),
        ("value", [{"a": 1}], "struct<a: int64>"),
    ],
    ids=str,
)
def test_a_column_of_parquet_that_holds_something_else_is_named(
    column: str, values: list[object], holds: str, tmp_path: Path
) -> None:
    """With what it holds, and what it should."""
    columns = {"timestamp": [START], "metric": ["m"], "value": [1.0], "tags": ["host:a"], column: values}
    pq.write_table(pa.table(columns), tmp_path / "s.parquet")

    with pytest.raises(ConfigError) as caught:
        read_series([tmp_path])

    (problem,) = caught.value.problems
    assert problem.what == f"the column `{column}` holds {holds}"
    assert problem.fix.startswith("write ")


def test_types_and_intervals_that_mean_nothing_are_said(tmp_path: Path) -> None:
    """The sample is kept; the query tells what it is. A second type of one series is said too."""
    head = "timestamp,metric,value,tags,type,interval\n"
    rows = [f"{START},m,1,,thing,-5", f"{START + 60},n,1,,count,60", f"{START + 120},n,1,,gauge,60"]
    (tmp_path / "s.csv").write_text(head + "\n".join(rows) + "\n")
    body = {"metric": "o", "type": 99, "interval": "often", "points": [{"timestamp": START, "value": 1}]}
    (tmp_path / "s.jsonl").write_text(json.dumps(body) + "\n")

    found = read_series([tmp_path], now=NOW)

    assert [each.what for each in found.problems] == [
        "row 2: m{} has the type `thing` and the interval `-5`: none that is known, so the query tells",
        "row 4: n{} is a gauge here, and a count before, which counts",
        "row 1: o{} has the type `99` and the interval `often`: none that is known, so the query tells",
    ]
    assert (found.rows, found.dropped) == (4, 0)


def test_measurements_of_a_distribution_for_one_instant_all_count(tmp_path: Path) -> None:
    """They are no duplicates."""
    rows = [f"{START},m,{value},host:a,distribution" for value in (3, 1, 2)]
    (tmp_path / "s.csv").write_text("timestamp,metric,value,tags,type\n" + "\n".join(rows) + "\n")

    found = read_series([tmp_path], now=NOW)

    assert (samples(found), found.dropped, found.problems) == ([(0, 3), (0, 1), (0, 2)], 0, ())


def test_files_of_a_folder_that_are_not_read_are_said(tmp_path: Path) -> None:
    """A packed recording is not taken for none; prose is no data."""
    (tmp_path / "s.CSV").write_text(f"timestamp,metric,value,tags\n{START},m,1,host:a\n")
    for name in ("t.csv.gz", "u.json", "README.md"):
        (tmp_path / name).write_text("")

    found = read_series([tmp_path], now=NOW)

    assert samples(found) == [(0, 1)]
    assert [each.what for each in found.problems] == ["not read, for they are no files of series: t.csv.gz, u.json"]
