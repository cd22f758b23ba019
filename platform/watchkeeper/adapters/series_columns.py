"""CSV and Parquet files of samples, in batches. Needs the extra `backtest`."""

import codecs
import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
import pyarrow.types as pat
from numpy.typing import NDArray

from watchkeeper.adapters.series_batches import Batch, SeriesKey
from watchkeeper.errors import ConfigError, Location, Problem, did_you_mean
from watchkeeper.query.series import Kind

_COLUMNS: Final = ("timestamp", "metric", "value", "tags")
_OPTIONAL: Final = ("type", "interval", "unit")
_SEPARATOR: Final = "|"
_BATCH_ROWS: Final = 1 << 20
_BLOCK_BYTES: Final = 1 << 24
_COUNTED_COMBINATIONS: Final = 1 << 22
_PROBED_BYTES: Final = 1 << 16
_LAST_S: Final = float(1 << 53)
"""As far as a float counts every second."""
_KINDS_OF_COLUMN: Final[Mapping[str, tuple[str, Sequence[Callable[[pa.DataType], bool]]]]] = {
    "timestamp": ("numbers, instants or text", (pat.is_timestamp, pat.is_integer, pat.is_floating)),
    "value": ("numbers", (pat.is_integer, pat.is_floating, pat.is_decimal, pat.is_boolean)),
    "metric": ("text", ()),
    "tags": ("text, `k:v` joined by `|`", ()),
}
"""What a column of Parquet may hold, text apart."""
_SECONDS: Final = r"^\s*-?\d+(\.\d+)?\s*$"


def csv_batches(file: Path) -> Iterator[Batch]:
    """The samples of a CSV file. Raises ConfigError where its columns are not ours, or it is not text."""
    _check_text(file)
    short: list[tuple[int, str]] = []

    def note(row: arrow_csv.InvalidRow) -> str:
        short.append((row.number or 0, f"{row.actual_columns} columns instead of {row.expected_columns}"))
        return "skip"

    text = {name: pa.string() for name in (*_COLUMNS, *_OPTIONAL)}
    try:
        reader = arrow_csv.open_csv(
            file,
            # Row numbers are known to one thread only.
            read_options=arrow_csv.ReadOptions(use_threads=False, block_size=_BLOCK_BYTES),
            # An empty line that is passed over is not counted, and every row after it would be named wrongly.
            parse_options=arrow_csv.ParseOptions(invalid_row_handler=note, ignore_empty_lines=False),
            convert_options=arrow_csv.ConvertOptions(column_types=text, strings_can_be_null=False),
        )
        _check_columns(file, reader.schema.names)
        row = 2
        for batch in reader:
            skipped, short = short, []
            # The rows that were skipped stand between those of this batch.
            numbers = _without(row, batch.num_rows, [number for number, _ in skipped])
            row = int(numbers[-1]) + 1 if len(numbers) else row + len(skipped)
            yield _batch(str(file), batch, numbers, skipped)
        if short:
            yield replace(_empty(str(file)), bad=short)
    except pa.ArrowInvalid as err:
        raise _unreadable(file, err, "write the columns timestamp,metric,value,tags, in UTF-8") from err


def _check_text(file: Path) -> None:
    """Raise ConfigError where the file does not begin like text: Arrow would stumble over it line by line."""
    with file.open("rb") as lines:
        begin = lines.read(_PROBED_BYTES)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(begin)
    except UnicodeDecodeError as err:
        what = f"`{file.name}` is not UTF-8 text"
        raise ConfigError(Problem(what, Location(str(file)), "write it in UTF-8, not in UTF-16 or another")) from err


def parquet_batches(file: Path, metrics: Collection[str] | None) -> Iterator[Batch]:
    """The samples of a Parquet file; of row groups without any of `metrics` the statistics are enough.

    Raises ConfigError, with the row group, where the file is truncated or damaged.
    """
    try:
        schema = pq.read_schema(file)
        _check_columns(file, schema.names)
        _check_types(file, schema)
        source = pq.ParquetFile(file, read_dictionary=["metric", "tags"])
    except (pa.ArrowInvalid, OSError) as err:
        raise _unreadable(file, err, "it is truncated, or no Parquet: write it again") from err
    with source:
        columns = [name for name in (*_COLUMNS, *_OPTIONAL) if name in source.schema_arrow.names]
        row = 1
        for number in range(source.num_row_groups):
            group = source.metadata.row_group(number)
            if metrics is not None and not _may_hold(group, source.schema_arrow.names.index("metric"), metrics):
                row += group.num_rows
                yield _unread(str(file), group, source.schema_arrow.names.index("metric"))
                continue
            try:
                for batch in source.iter_batches(_BATCH_ROWS, row_groups=[number], columns=columns):
                    yield _batch(str(file), batch, np.arange(row, row + batch.num_rows, dtype=np.uint32), ())
                    row += batch.num_rows
            except (pa.ArrowInvalid, OSError) as err:
                where = f"row group {number}, after row {row - 1}"
                raise _unreadable(file, err, "it is damaged: write it again", where, row) from err


def _may_hold(group: pq.RowGroupMetaData, column: int, metrics: Collection[str]) -> bool:
    found = group.column(column).statistics
    if found is None or not found.has_min_max:
        return True
    low, high = found.min, found.max
    return any(low <= metric <= high for metric in metrics)


def _unread(file: str, group: pq.RowGroupMetaData, column: int) -> Batch:
    found = group.column(column).statistics
    name = found.min if found.min == found.max else f"{found.min} to {found.max}"
    return replace(_empty(file), unread={name: group.num_rows})


def _empty(file: str) -> Batch:
    """A batch without a sample."""
    return Batch(file, (), _none(np.int64), _none(np.int64), _none(np.float64), _none(np.uint32))


def _check_columns(file: Path, names: Sequence[str]) -> None:
    missing = [name for name in _COLUMNS if name not in names]
    if missing:
        near = [name for name in names if name.strip().lower() == missing[0]]
        fix = f"write it `{missing[0]}`, without blanks and in lower case" if near else ""
        fix = fix or did_you_mean(missing[0], names) or f"the columns are {','.join(_COLUMNS)}"
        raise ConfigError(Problem(f"the column `{missing[0]}` is missing", Location(str(file)), fix))
    twice = [name for name in (*_COLUMNS, *_OPTIONAL) if names.count(name) > 1]
    if twice:
        what = f"the column `{twice[0]}` is there {names.count(twice[0])} times"
        raise ConfigError(Problem(what, Location(str(file)), "leave all of them but one out"))


def _check_types(file: Path, schema: pa.Schema) -> None:
    """Raise ConfigError for columns of Parquet that hold something else than they must."""
    problems = []
    for name, (what, kinds) in _KINDS_OF_COLUMN.items():
        found = schema.field(name).type
        inner = found.value_type if pat.is_dictionary(found) else found
        if not (pat.is_string(inner) or pat.is_large_string(inner) or any(fits(inner) for fits in kinds)):
            told = f"the column `{name}` holds {found}"
            problems.append(Problem(told, Location(str(file)), f"write {what}"))
    if problems:
        raise ConfigError(problems)


def _unreadable(file: Path, err: Exception, fix: str, where: str = "", row: int = 1) -> ConfigError:
    reason = str(err).splitlines()[0]
    what = f"{where}: {reason}" if where else f"`{file.name}` cannot be read: {reason}"
    return ConfigError(Problem(what, Location(str(file), row), fix))


def _without(first: int, count: int, skipped: Collection[int]) -> NDArray[np.uint32]:
    if not skipped:
        return np.arange(first, first + count, dtype=np.uint32)
    numbers = np.arange(first, first + count + len(skipped), dtype=np.uint32)
    return numbers[~np.isin(numbers, np.fromiter(skipped, dtype=np.uint32))][:count]


def _none(dtype: type[np.generic]) -> NDArray[Any]:
    return np.empty(0, dtype)


def _batch(file: str, batch: pa.RecordBatch, rows: NDArray[np.uint32], skipped: Sequence[tuple[int, str]]) -> Batch:
    table = {name: batch.column(name) for name in batch.schema.names}
    timestamps, wrong_time = _timestamps(table["timestamp"])
    values, wrong_value = _numbers(table["value"])
    codes, keys = _keys(table)
    nameless = np.fromiter((not key.metric for key in keys), dtype=bool, count=len(keys))[codes]
    bad = wrong_time | wrong_value | nameless
    found = list(skipped)
    for index in np.flatnonzero(bad):
        if not any(table[column][int(index)].as_py() for column in _COLUMNS):
            continue  # a blank line
        name = "timestamp" if wrong_time[index] else "value" if wrong_value[index] else "metric"
        found.append((int(rows[index]), _why(name, table[name][int(index)].as_py())))
    if bad.any():
        good = ~bad
        codes, timestamps, values, rows = codes[good], timestamps[good], values[good], rows[good]
    return Batch(file, keys, codes, timestamps, values, rows, found)


def _why(name: str, written: object) -> str:
    """What is wrong with a cell."""
    text = "" if written is None else str(written).strip()
    if not text:
        return f"the {name} is empty"
    if name == "timestamp" and _is_without_zone(text):
        return f"`{text}` names no zone: write it with Z or +01:00"
    return f"`{text}` is no {name}"


def _timestamps(column: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Unix seconds, and where there are none."""
    if pat.is_timestamp(column.type):
        return _filled(pc.cast(column, pa.timestamp("s"), safe=False).cast(pa.int64()), np.int64)
    if pat.is_integer(column.type):
        return _filled(column.cast(pa.int64()), np.int64)
    if pat.is_floating(column.type):
        return _floored(column)
    text = column.cast(pa.string())
    seconds = pc.fill_null(pc.match_substring_regex(text, _SECONDS), fill_value=False)
    found, bad = _floored(pc.if_else(seconds, pc.utf8_trim_whitespace(text), None).cast(pa.float64()))
    for index in np.flatnonzero(bad):
        at = _instant(text[int(index)].as_py())
        if at is not None:
            found[index], bad[index] = at, False
    return found, bad


def _floored(column: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Whole seconds of numbers; none where one does not fit."""
    fits = pc.fill_null(pc.less(pc.abs(column.cast(pa.float64())), _LAST_S), fill_value=False)
    return _filled(pc.floor(pc.if_else(fits, column, None)).cast(pa.int64(), safe=False), np.int64)


def _instant(text: str | None) -> int | None:
    try:
        found = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    # RFC 3339 names its zone; without one it is not known which instant is meant.
    return int(found.timestamp()) if found.tzinfo else None


def _is_without_zone(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is None
    except ValueError:
        return False


def _numbers(column: pa.Array) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    if not (pat.is_string(column.type) or pat.is_large_string(column.type)):
        return _filled(column.cast(pa.float64()), np.float64)
    try:
        return _filled(column.cast(pa.float64()), np.float64)
    except pa.ArrowInvalid:
        values = np.zeros(len(column))
        bad = np.zeros(len(column), dtype=bool)
        for index, text in enumerate(column.to_pylist()):
            try:
                values[index] = float(text)
            except (TypeError, ValueError):
                bad[index] = True
        return values, bad


def _filled(column: pa.Array, dtype: type[np.generic]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """The values, 0 where there is none, and where that is."""
    bad = np.asarray(column.is_null().to_numpy(zero_copy_only=False), dtype=bool)
    if column.null_count:
        column = pc.fill_null(column, 0)
    # Arrow's memory is read-only.
    values = column.to_numpy(zero_copy_only=False)
    return (values.astype(dtype) if bad.any() else values), bad


def _keys(table: dict[str, Any]) -> tuple[NDArray[np.int64], list[SeriesKey]]:
    """For each sample the index of its series, and the series."""
    codes = np.zeros(len(table["metric"]), dtype=np.int64)
    parts: list[tuple[str, list[Any]]] = []
    for name in ("metric", "tags", *(each for each in _OPTIONAL if each in table)):
        column = table[name]
        encoded = column if pat.is_dictionary(column.type) else column.dictionary_encode()
        index = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy(zero_copy_only=False)
        words = [*encoded.dictionary.to_pylist(), None]
        codes = codes * len(words) + index
        parts.append((name, words))
    found, inverse = _distinct(codes, math.prod(len(words) for _, words in parts))
    keys = []
    for code in found.tolist():
        values: dict[str, Any] = {}
        rest = code
        for name, words in reversed(parts):
            rest, position = divmod(rest, len(words))
            values[name] = words[position]
        keys.append(_key(values))
    return inverse, keys


def _distinct(codes: NDArray[np.int64], combinations: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The codes that occur, ascending, and for each sample the place of its own among them."""
    if combinations > _COUNTED_COMBINATIONS:
        found, inverse = np.unique(codes, return_inverse=True)
        return found, inverse.astype(np.int64).reshape(-1)
    # Counting needs no sorting.
    found = np.flatnonzero(np.bincount(codes, minlength=combinations))
    place = np.empty(combinations, dtype=np.int64)
    place[found] = np.arange(len(found))
    return found, place[codes]


def _key(values: dict[str, Any]) -> SeriesKey:
    tags = frozenset(tag.strip().lower() for tag in (values["tags"] or "").split(_SEPARATOR) if tag.strip())
    kind = (values.get("type") or "").strip()
    interval = str(values.get("interval") or "").strip()
    interval_s = _seconds(interval)
    odd = [f"type `{kind}`"] if kind and kind not in get_args(Kind) else []
    odd += [f"interval `{interval}`"] if interval and interval_s is None else []
    return SeriesKey(
        (values["metric"] or "").strip(),
        tags,
        cast("Kind", kind) if kind in get_args(Kind) else None,
        interval_s,
        (values.get("unit") or "").strip(),
        " and the ".join(odd),
    )


def _seconds(text: str) -> int | None:
    """The interval of a row; None where there is none that makes sense."""
    try:
        found = int(float(text))
    except (OverflowError, ValueError):
        return None
    return found if found > 0 else None
