"""Files of monitor tests and what is wrong with them."""

from pathlib import Path

from watchkeeper.monitors.unit_tests.load import Loaded, load_tests

BROKEN = """\
tests:
  - name: first
    monitor: a
    series:
      - {metric: m, values: "1x5 2*3"}
      - {metric: m, valeus: "1x5"}
    expect:
      - {at: 5 m, state: OK}
  - name: second
    monitor: a
    start: 2026-01-05T00:00:30Z
    expect:
      - {at: 1m, state: Alarm}
  - name: third
    monitor: a
    start: yesterday
    series:
      - {metric: m, tags: ["host:a"], values: "1"}
      - {metric: m, tags: ["Host:A"], values: "2"}
    expect:
      - {at: 1m}
      - {at: 1m, message: "/(/"}
  - name: fourth
    monitor: a
    start: 1767571230
    interval: 1 minute
    expect:
      - {at: 1m, state: OK}
  - name: fifth
    monitor: a
    expect: []
"""


def load(root: Path, text: str) -> Loaded:
    (root / "t.yaml").write_text(text)
    return load_tests(root, ["t.yaml"], "local")


def test_all_problems_of_a_file_are_found_at_once(tmp_path: Path) -> None:
    """Each with its line and column, inside a series too."""
    loaded = load(tmp_path, BROKEN)

    assert loaded.tests == []
    assert sorted((p.where.line, p.where.column, p.what.split(" in test")[0]) for p in loaded.problems if p.where) == [
        (5, 34, "`2*3` is not a sample"),
        (6, 9, "`values` is missing"),
        (6, 21, "unknown key `valeus`"),
        (8, 14, "`5 m` is not a duration"),
        (13, 25, "`state` cannot be `Alarm`"),
        (16, 12, "`yesterday` is not an instant"),
        (19, 9, "a second series of `m` with the same tags"),
        (21, 9, "an expectation that expects nothing"),
        (22, 29, "not a regular expression: missing ), unterminated subpattern"),
        (25, 12, "a test starts at a full minute"),
        (26, 15, "`1 minute` is not a duration"),
        (31, 13, "a test that expects nothing"),
    ]


def test_a_file_that_is_no_mapping_says_how_it_begins(tmp_path: Path) -> None:
    """A list at the top, or a foreign key."""
    assert [problem.fix for problem in load(tmp_path, "- a\n").problems] == ["start with `tests:`"]
    assert [problem.what for problem in load(tmp_path, "test: []\n").problems] == [
        "unknown key `test`",
        "`tests` must be a list",
    ]


def test_a_test_without_environment_is_of_the_one_that_was_asked_for(tmp_path: Path) -> None:
    """`env:` is optional, and so are `series:` and `interval:`."""
    (test,) = load(tmp_path, "tests:\n  - {name: n, monitor: a, expect: [{at: 90, state: No Data}]}\n").tests

    assert (test.env, test.expect[0].at_s, test.expect[0].at) == ("local", 90, "90s")
