"""`watchkeeper query parse`, as a user meets it."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from watchkeeper.cli.frame import run
from watchkeeper.cli.query import query

GOOD = "avg(last_5m):avg:system.load.1{env:prod} by {host}.as_count() > 4.0"


def parse(*arguments: str) -> int:
    return run(query, "query", ["parse", *arguments])


def answer(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def lines(folder: Path, *records: object) -> str:
    file = folder / "queries.jsonl"
    file.write_text("\n".join(each if isinstance(each, str) else json.dumps(each) for each in records) + "\n")
    return str(file)


def test_a_query_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """Canonical form, then what it mentions."""
    assert parse(GOOD) == 0
    assert capsys.readouterr().out == (
        "avg(last_5m):avg:system.load.1{env:prod} by {host}.as_count() > 4\n"
        "  form       metric\n"
        "  metrics    system.load.1\n"
        "  tags       env:prod\n"
        "  group by   host\n"
        "  window     300 s\n"
        "  functions  .as_count\n"
        "  alerts at  > 4\n"
    )


def test_a_wrong_query_is_shown_with_a_caret(capsys: pytest.CaptureFixture[str]) -> None:
    """And the exit code is 1."""
    assert parse("avg(last_5m):anomolies(avg:a{*}, 'agile', 2) > 1") == 1
    assert capsys.readouterr().out == (
        "error: unknown function `anomolies` (line 1, column 14)\n"
        "    avg(last_5m):anomolies(avg:a{*}, 'agile', 2) > 1\n"
        "                 ^^^^^^^^^\n"
        "  fix: did you mean `anomalies`?\n"
    )


def test_the_json_answer_has_the_promised_keys(capsys: pytest.CaptureFixture[str]) -> None:
    """For a script outside."""
    assert parse("--json", "--type", "query alert", GOOD) == 0
    found = answer(capsys)
    assert found["schema_version"] == 1
    [result] = found["results"]
    assert result["ok"] is True
    assert result["error"] is None
    assert result["canonical"] == GOOD.replace("4.0", "4")
    assert (result["metrics"], result["tags"], result["group_by"]) == (["system.load.1"], ["env:prod"], ["host"])
    assert (result["window_s"], result["functions"], result["methods"]) == (300, [], ["as_count"])


def test_an_error_in_json_has_line_column_message_and_expected(capsys: pytest.CaptureFixture[str]) -> None:
    """The rest of the result is empty."""
    assert parse("--json", "avg(last_5m):avg:a{*}") == 1
    [result] = answer(capsys)["results"]
    assert (result["ok"], result["canonical"], result["metrics"]) == (False, None, [])
    error = result["error"]
    assert (error["line"], error["column"]) == (1, 22)
    assert error["message"] == "expected a comparison, found the end"
    assert error["expected"] == [">", ">=", "<", "<=", "==", "!="]


def test_a_file_is_answered_line_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In its order, with the ids of the asker; one that fails makes the exit code 1."""
    file = lines(
        tmp_path,
        {"id": "a", "type": "query alert", "query": GOOD},
        "",
        {"id": 2, "type": "log alert", "query": "query"},
        {"id": "c", "query": "sum:a{*}, sum:b{$host}"},
        {"id": "d", "query": "query1 / query2", "type": None},
    )

    assert parse("--json", "--file", file) == 1
    results = answer(capsys)["results"]
    assert [(each["id"], each["ok"], each["form"]) for each in results] == [
        ("a", True, "metric"),
        (2, False, None),
        ("c", True, "graph"),
        ("d", True, "formula"),
    ]


def test_a_file_without_json_names_the_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All of its faults at once, exit code 2."""
    file = lines(
        tmp_path, {"query": GOOD}, "{", '{"id": 1}', "[]", '{"query": 5}', {"query": GOOD, "type": "lag alert"}
    )

    assert parse("--file", file) == 2
    found = capsys.readouterr().err
    for line, text in ((2, "no JSON"), (3, "`query` is missing"), (4, "no JSON object"), (5, "`query` is no text")):
        assert any(f"{file}:{line}:" in each and text in each for each in found.splitlines()), found
    assert "there is no type `lag alert`" in found
    assert "fix: did you mean `log alert`" in found
    assert "5 problems found" in found


def test_a_file_of_good_queries_ends_with_its_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 0."""
    assert parse("--file", lines(tmp_path, {"id": "x", "query": GOOD}), "--type", "query alert") == 0
    assert capsys.readouterr().out.endswith("1 read, 0 refused\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "give either a QUERY or --file"),
        (("--type", "metrik alert", GOOD), "there is no type `metrik alert`"),
        (("--file", "absent.jsonl"), "cannot read absent.jsonl: No such file"),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_answered_with_exit_code_2(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Usage."""
    assert parse(*arguments) == 2
    assert message in capsys.readouterr().err


def test_queries_may_come_by_the_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--file -`, as other tools write it."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps({"id": 1, "query": GOOD}).encode())))

    assert parse("--file", "-") == 0
    assert capsys.readouterr().out.endswith("1 read, 0 refused\n")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"query": "\\ud800"}', "half of a character"),
        ('{"id": "\\udc00", "query": "1 && 2"}', "half of a character"),
        ("[" * 100_000, "it is nested too deep"),
    ],
    ids=["query", "id", "deep"],
)
def test_hostile_lines_are_named_like_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, told: str
) -> None:
    """What JSON can hold and no text can is a fault of the line."""
    file = tmp_path / "hostile.jsonl"
    file.write_text(line)

    assert parse("--file", str(file)) == 2
    assert f"{file}:1:1: error: it" in (found := capsys.readouterr().err)
    assert told in found


def test_a_query_does_not_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Control signs of somebody else's query are shown by their number, and in its line as a mark."""
    assert parse("avg(last_5m):avg:a{*} > 1\x1b[31m") == 1

    found = capsys.readouterr().out
    assert "unexpected sign U+001B" in found
    assert "\x1b" not in found
