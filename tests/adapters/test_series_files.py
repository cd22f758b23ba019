"""Recorded series on disk, whole and broken."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from watchkeeper.adapters.series_files import SeriesFiles, read_series
from watchkeeper.errors import ConfigError, UsageError

START = 1_764_000_000
HEADER = "timestamp,metric,value,tags\n"


def csv(folder: Path, *rows: str) -> Path:
    file = folder / "series.csv"
    file.write_text(HEADER + "".join(row + "\n" for row in rows))
    return file


def samples(found: SeriesFiles, metric: str = "m") -> list[tuple[int, float]]:
    return [
        (stamp - START, value)
        for track in found.series.tracks(metric)
        for stamp, value in zip(track.timestamps.tolist(), track.values.tolist(), strict=True)
    ]


def test_csv_parquet_and_json_lines_hold_the_same_series(tmp_path: Path) -> None:
    """One sample a row, tags joined by a bar, Unix seconds or RFC 3339."""
    rows = [(START, 1.5), (START + 60, 2.5)]
    file = csv(tmp_path, f"{START},m,1.5,Env:prod|host:a", "2025-11-24T16:01:00Z,m,2.5,env:prod|host:a")
    columns = {
        "timestamp": [at for at, _ in rows],
        "metric": ["m", "m"],
        "value": [value for _, value in rows],
        "tags": ["env:prod|host:a"] * 2,
    }
    pq.write_table(pa.table(columns), tmp_path / "series.parquet")
    body = {
        "metric": "m",
        "type": 3,
        "tags": ["env:prod"],
        "resources": [{"type": "host", "name": "a"}],
        "points": [{"timestamp": at, "value": value} for at, value in rows],
    }
    (tmp_path / "series.jsonl").write_text(json.dumps({"series": [body]}) + "\n")

    for name in ("series.csv", "series.parquet", "series.jsonl"):
        found = read_series([tmp_path / name])
        assert samples(found) == [(0, 1.5), (60, 2.5)], name
        assert [track.tags for track in found.series.tracks("m")] == [frozenset({"env:prod", "host:a"})], name
        assert (found.rows, found.dropped, found.problems) == (2, 0, ()), name
    assert file.exists()


def test_what_is_wrong_in_a_file_is_named_with_its_row_and_counted(tmp_path: Path) -> None:
    """Unreadable rows, duplicates and the future are dropped; unsorted rows are sorted; gaps stay empty."""
    file = csv(
        tmp_path,
        f"{START},m,1,host:a",
        f"{START + 120},m,3,host:a",
        f"{START + 60},m,2,host:a",
        f"{START + 60},m,20,host:a",
        "yesterday,m,9,host:a",
        f"{START + 180},m,many,host:a",
        f"{START + 180},m,4",
        f"{START + 600},m,5,host:a",
        f"{START + 99_000},m,6,host:a",
        f"{START + 660},m,NaN,host:a",
    )

    found = read_series([file], now=START + 3600)

    assert samples(found) == [(0, 1), (60, 20), (120, 3), (600, 5)]
    assert (found.rows, found.dropped) == (10, 6)
    assert sorted((problem.where.line, problem.severity) for problem in found.problems if problem.where) == [
        (4, "info"),
        (4, "warning"),
        (6, "warning"),
        (7, "warning"),
        (8, "warning"),
        (9, "info"),
        (10, "warning"),
        (11, "warning"),
    ]


def test_a_truncated_parquet_file_is_refused_by_name(tmp_path: Path) -> None:
    """Its index stands at the end, so nothing of it can be trusted."""
    file = tmp_path / "series.parquet"
    columns = {"timestamp": [START], "metric": ["m"], "value": [1.0], "tags": [""]}
    pq.write_table(pa.table(columns), file)
    file.write_bytes(file.read_bytes()[:-20])

    with pytest.raises(ConfigError) as caught:
        read_series([file])

    (problem,) = caught.value.problems
    assert problem.where
    assert problem.where.file == str(file)
    assert "truncated" in problem.fix


def test_a_damaged_row_group_is_named_with_the_rows_before_it(tmp_path: Path) -> None:
    """The pages carry checksums of their own through their compression."""
    file = tmp_path / "series.parquet"
    count = 2000
    columns = {
        "timestamp": [START + 60 * index for index in range(count)],
        "metric": ["m"] * count,
        "value": [index * 0.1 for index in range(count)],
        "tags": ["host:a"] * count,
    }
    pq.write_table(pa.table(columns), file, row_group_size=1000, compression="zstd")
    group = pq.ParquetFile(file).metadata.row_group(1).column(2)
    data = bytearray(file.read_bytes())
    middle = (group.dictionary_page_offset or group.data_page_offset) + 40
    data[middle : middle + 60] = b"\x00" * 60
    file.write_bytes(bytes(data))

    with pytest.raises(ConfigError) as caught:
        read_series([file])

    assert "row group 1, after row 1000" in caught.value.problems[0].what


@pytest.mark.parametrize(
    ("text", "what"),
    [("time,metric,value,tags\n", "the column `timestamp` is missing"), ("", "cannot be read")],
    ids=["wrong-column", "empty"],
)
def test_a_csv_file_without_our_columns_is_refused(tmp_path: Path, text: str, what: str) -> None:
    """The first row names the columns."""
    file = tmp_path / "series.csv"
    file.write_text(text)

    with pytest.raises(ConfigError) as caught:
        read_series([file])

    assert what in caught.value.problems[0].what


def test_a_line_that_is_no_series_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    """Line numbers count from one."""
    good = {"metric": "m", "type": 1, "interval": 60, "points": [{"timestamp": START, "value": 4}]}
    (tmp_path / "a.jsonl").write_text("{broken\n" + json.dumps(good) + '\n{"metric": "m"}\n')

    found = read_series([tmp_path])

    assert samples(found) == [(0, 4)]
    assert [problem.where.line for problem in found.problems if problem.where] == [1, 3]
    assert found.series.tracks("m")[0].kind == "count"


def test_a_folder_without_series_is_a_usage_error(tmp_path: Path) -> None:
    """The fix names what is looked for."""
    with pytest.raises(UsageError) as caught:
        read_series([tmp_path])

    assert ".parquet" in caught.value.fix


def test_only_the_wanted_metrics_are_kept(tmp_path: Path) -> None:
    """The rest is read over."""
    file = csv(tmp_path, f"{START},m,1,", f"{START},n,2,")

    assert read_series([file], metrics=["n"]).series.metrics == ["n"]
