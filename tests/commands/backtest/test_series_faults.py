"""Series files with everything that can be wrong in them, through the command."""

import json
from pathlib import Path

from tests.commands.backtest.command import ELB_5XX, START, answer, backtest


def test_what_is_wrong_with_the_series_is_counted_and_said(project: Path, recording: Path) -> None:
    """A bad row, a duplicate, one of the future and one that nobody asks for: in terminal, JSON, Markdown and HTML."""
    with recording.open("a") as file:
        file.write(f"yesterday,{ELB_5XX},1,env:prod\n")
        file.write(f"{START},{ELB_5XX},1,env:prod|loadbalancer:app\n")
        file.write(f"4102444800,{ELB_5XX},1,env:prod|loadbalancer:app\n")
        file.write(f"{START},{ELB_5XX}s,1,env:prod|loadbalancer:app\n")
    page, report = recording.with_name("page.html"), recording.with_name("report.md")
    said = "64 samples, 3 of them dropped, 1 of 1 metric that no monitor asks for"

    done = backtest(project, "--series", str(recording), "--json")
    files = ("--html", str(page), "--markdown", str(report))

    assert (answer(done)["dropped"], answer(done)["unasked"]) == (3, {f"{ELB_5XX}s": 1})
    assert [each["line"] for each in answer(done)["problems"]] == [62, 63, 2, 64]
    assert said in backtest(project, "--series", str(recording), *files).stdout
    assert said in report.read_text()
    assert said in page.read_text()
    assert "`yesterday` is no timestamp" in page.read_text()
    assert "elb.csv:62:1: warning: row 62: `yesterday` is no timestamp" in done.stderr
    assert "a later row has the same timestamp" in done.stderr
    assert "lies in the future" in done.stderr


def test_series_that_no_monitor_asks_for_are_a_usage_error(project: Path, tmp_path: Path) -> None:
    """With the name that comes nearest."""
    file = tmp_path / "other.csv"
    file.write_text(f"timestamp,metric,value,tags\n{START},{ELB_5XX}s,1,\n")

    done = backtest(project, "--series", str(file))

    assert done.returncode == 2
    assert "the files hold no series that the monitors ask for" in done.stderr


def test_a_truncated_parquet_file_is_named(project: Path, tmp_path: Path) -> None:
    """Exit 2, the file and a mend."""
    file = tmp_path / "cut.parquet"
    file.write_bytes(b"PAR1 and then nothing")

    done = backtest(project, "--series", str(file))

    assert done.returncode == 2
    assert "cut.parquet" in done.stderr


def test_what_is_dropped_is_a_warning_and_with_strict_the_command_fails(project: Path, recording: Path) -> None:
    """The label and the exit code agree: no error, exit 0; `--strict` makes it 1, with the same answer."""
    arguments = ("--series", str(recording), "--json")
    assert backtest(project, *arguments, "--strict").returncode == 0
    with recording.open("a") as file:
        file.write(f"yesterday,{ELB_5XX},1,env:prod\n")

    lenient, strict = backtest(project, *arguments), backtest(project, *arguments, "--strict")

    assert "error:" not in lenient.stderr
    assert (lenient.returncode, strict.returncode) == (0, 1)
    assert json.loads(strict.stdout)["monitors"] == json.loads(lenient.stdout)["monitors"]


def test_where_nothing_is_left_it_is_said_what_was_dropped(project: Path, tmp_path: Path) -> None:
    """Not only that there is no series."""
    file = tmp_path / "late.csv"
    file.write_text(f"timestamp,metric,value,tags\n{START * 1000},{ELB_5XX},1,env:prod\n")

    done = backtest(project, "--series", str(file))

    assert done.returncode == 2
    assert "looks like milliseconds: write seconds" in done.stderr
    assert "the files hold no series that the monitors ask for" in done.stderr


def test_sums_that_outgrow_a_number_are_no_warning_of_a_library_and_still_json(project: Path, tmp_path: Path) -> None:
    """Infinity is above any threshold, and null in JSON."""
    lines = [f"{START + 60 * minute},{ELB_5XX},1e308,env:prod" for minute in range(20)]
    file = tmp_path / "huge.csv"
    file.write_text("timestamp,metric,value,tags\n" + "\n".join(lines) + "\n")

    done = backtest(project, "--series", str(file), "--json", "--html", str(tmp_path / "huge.html"))

    assert "RuntimeWarning" not in done.stderr
    assert "Infinity" not in done.stdout
    assert answer(done)["monitors"][0]["pages"] == 1


def test_a_binary_file_is_named_and_not_printed(project: Path, tmp_path: Path) -> None:
    """A truncated Parquet file does not end up in the terminal."""
    file = tmp_path / "cut.parquet"
    file.write_bytes(b"PAR1\x00\x07\x1b[31m and then nothing")

    done = backtest(project, "--series", str(file))

    assert "\x07" not in done.stderr
    assert "and then nothing" not in done.stderr
