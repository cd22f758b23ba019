"""Templates: YAML first, Jinja in scalar leaves, bounded."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from watchkeeper.errors import ConfigError
from watchkeeper.project.jinja_engine import Scope, TemplateEngine, TemplateError, read_partials
from watchkeeper.project.load import load_project
from watchkeeper.project.source import parse_document
from watchkeeper.project.templates import Entry, environment_scope, expand

SCOPE = Scope(
    {
        "env": {"name": "prod"},
        "services": [{"id": "api", "team": "a", "slo": {"p99": 0.5, "n": 5.0}}, {"id": "web", "team": "b", "slo": {}}],
        "team_of": {"a": {"id": "a", "name": "A team"}},
    }
)


@pytest.fixture
def engine() -> Iterator[TemplateEngine]:
    with TemplateEngine({"partials/who.md": "ask <% for n in range(2) %><< n >><% endfor %>"}, timeout_s=1.5) as engine:
        yield engine


def entries(text: str, engine: TemplateEngine) -> list[Entry]:
    return expand(parse_document(text, "x.yaml"), "items", SCOPE, engine)


def test_an_entry_repeats_for_each_item_and_when_decides(engine: TemplateEngine) -> None:
    """`for_each: services` binds `service` and its `team`; `when` leaves out what does not apply."""
    text = (
        "items:\n- id: x\n  for_each: services\n  when: service.id == 'api'\n  t: << service.id >> of << team.name >>\n"
    )

    (entry,) = entries(text, engine)

    assert (entry.data, entry.service) == ({"id": "x", "t": "api of A team"}, "api")


def test_a_leaf_that_is_one_expression_keeps_its_type(engine: TemplateEngine) -> None:
    """A number stays a number; inside a text it reads as people write it."""
    text = "items:\n- a: << services[0].slo.p99 * 2 >>\n  b: '> << services[0].slo.n >>'\n  c: << services >>\n"

    (entry,) = entries(text, engine)

    assert entry.data["a"] == 1.0
    assert entry.data["b"] == "> 5"
    assert entry.data["c"][1]["id"] == "web"


def test_lists_inside_an_entry_repeat_too_and_keep_their_places(engine: TemplateEngine) -> None:
    """A finding in the second repetition points at the one line that both came from."""
    text = "items:\n- groups:\n  - {for_each: services, title: << service.id >>}\n  - {title: last}\n"

    (entry,) = entries(text, engine)

    assert [group["title"] for group in entry.data["groups"]] == ["api", "web", "last"]
    assert (entry.where("groups", 1, "title").line, entry.where("groups", 2, "title").line) == (3, 4)


def test_double_braces_belong_to_datadog(engine: TemplateEngine) -> None:
    """`{{value}}` passes through unchanged, also beside a Jinja block."""
    (entry,) = entries("items:\n- m: \"{{value}}<% if env.name == 'prod' %> now<% endif %>\"\n", engine)

    assert entry.data["m"] == "{{value}} now"


def test_partials_are_included(engine: TemplateEngine) -> None:
    """Message parts are shared by includes from `partials/`."""
    (entry,) = entries("items:\n- m: \"<% include 'partials/who.md' %>!\"\n", engine)

    assert entry.data["m"] == "ask 01!"


@pytest.mark.parametrize(
    ("leaf", "line", "what"),
    [
        ("<< sevice.id >>", 2, "`sevice` is not defined here"),
        ("<< env.nam >>", 2, "`env` has no `nam`"),
        ('"<< env.nam | upper >>"', 2, "no attribute 'nam'"),
        ("'<< 1 / 0 >>'", 2, "division by zero"),
        ('"<% for x in %>"', 2, "Expected an expression"),
        ("|\n    one\n    << (env.oops).x >>\n", 4, "no attribute 'oops'"),
        ("\"<< ''.__class__.__mro__ >>\"", 2, "unsafe"),
        ("\"<% include '/etc/passwd' %>\"", 2, "/etc/passwd"),
        ('"<% for a in range(1000) %><% for b in range(1000) %><% endfor %><% endfor %>"', 2, "100,000 loop turns"),
        ("\"<< 'x' * 100000000 >>\"", 2, "more than 1 MiB"),
        ('"<% for a in range(50000) %>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa<% endfor %>"', 2, "more than 1 MiB"),
        ('"<< 9 ** 9 ** 9 ** 9 >>"', 2, "too large"),
        ('"<% macro m() %><< m() >><% endmacro %><< m() >>"', 2, "without end"),
    ],
)  # fmt: skip
def test_a_bad_leaf_is_an_error_with_its_place(engine: TemplateEngine, leaf: str, line: int, what: str) -> None:
    """Undefined names, syntax errors, escapes from the sandbox and excess all end as findings, never as a hang."""
    with pytest.raises(ConfigError) as caught:
        entries(f"items:\n- m: {leaf}", engine)

    (problem,) = caught.value.problems
    assert what in problem.what
    assert problem.where is not None
    assert problem.where.line == line


def test_a_template_that_does_not_end_is_stopped(engine: TemplateEngine) -> None:
    """The worker ends when its time of computing is used up; the next leaf gets a new one."""
    spin = '"<% for a in range(99000) %><% set x = range(9000)|list|sort|length %><% endfor %>"'

    with pytest.raises(ConfigError) as caught:
        entries(f'items:\n- m: {spin}\n- n: "<< env.name | upper >>"\n', engine)

    assert ["ran longer than 1.5 s" in problem.what for problem in caught.value.problems] == [True]


def test_a_machine_that_gives_no_time_is_no_fault_of_the_template(engine: TemplateEngine) -> None:
    """The worker is stopped for longer than a leaf may compute, as a busy machine does, and answers all the same."""
    assert engine.render("<< 1 + 1 >>", SCOPE) == 2
    worker = _worker()
    os.kill(worker, signal.SIGSTOP)
    resume = threading.Timer(2.0, os.kill, (worker, signal.SIGCONT))
    resume.start()

    assert engine.render("<< 2 + 2 >>", SCOPE) == 4
    resume.join()


def test_a_worker_that_something_else_ends_is_told_as_such(engine: TemplateEngine) -> None:
    """Not as an endless loop; the next leaf gets a new one."""
    assert engine.render("<< 1 + 1 >>", SCOPE) == 2
    os.kill(_worker(), signal.SIGKILL)

    with pytest.raises(TemplateError, match="ended with code -9"):
        engine.render("<< 2 + 2 >>", SCOPE)
    assert engine.render("<< 3 + 3 >>", SCOPE) == 6


def _worker() -> int:
    """The process of the only engine that is open."""
    command = ["pgrep", "-P", str(os.getpid()), "-f", "watchkeeper.project.jinja_worker"]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def test_every_problem_of_a_file_is_reported_at_once(engine: TemplateEngine) -> None:
    """Three bad leaves, three findings."""
    with pytest.raises(ConfigError) as caught:
        entries("items:\n- m: << a >>\n- n: << b >>\n  o: << c.d >>\n", engine)

    assert len(caught.value.problems) == 3


def test_templates_see_what_the_project_declares(root: Path) -> None:
    """`service.slo.*`, `env.*` and `team.*` come from watchkeeper.yaml."""
    project = load_project(root)
    scope = environment_scope(project, project.environment("prod"))
    document = parse_document("items:\n- {for_each: services, v: << service.slo.error_ratio_page >>}\n", "x.yaml")

    with TemplateEngine() as engine:
        assert [entry.data["v"] for entry in expand(document, "items", scope, engine)] == [0.05, 0.1]


def test_partials_never_leave_the_project(tmp_path: Path) -> None:
    """A link to a file outside the project is not readable from a template."""
    (tmp_path / "p" / "monitors" / "partials").mkdir(parents=True)
    (tmp_path / "secret").write_text("key")
    (tmp_path / "p" / "monitors" / "partials" / "a.md").write_text("fine")
    (tmp_path / "p" / "monitors" / "partials" / "b.md").symlink_to(tmp_path / "secret")

    assert read_partials(tmp_path / "p", "monitors") == {"partials/a.md": "fine"}
