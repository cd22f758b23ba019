"""`slos:` of a template: what is declared, what follows from it, and every problem at its place."""

import re
import shutil
from pathlib import Path

import pytest

from watchkeeper.commands.session import open_session
from watchkeeper.errors import ConfigError
from watchkeeper.monitors.load import Loaded, load_declared
from watchkeeper.monitors.slo.model import SloThreshold
from watchkeeper.project.identity import Identity

FIRST = """
slos:
  - id: answered
    for_each: services
    when: service.id != 'reports'
    name: "<< service.name >>: answered"
    type: metric
    query:
      numerator: sum:good{env:<< env.name >>,service:<< service.id >>}.as_count()
      denominator: sum:all{env:<< env.name >>,service:<< service.id >>}.as_count()
    thresholds:
      - {timeframe: 30d, target: << service.slo.availability >>, warning: 99.95}
    tags: [tier:1]
"""


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    shutil.copy(root / "watchkeeper.yaml", tmp_path)
    (tmp_path / "monitors").mkdir()
    return tmp_path


def load(project: Path, text: str, **further: str) -> Loaded:
    """The declarations of a file, and of others by their names."""
    for name, content in {"m": text, **further}.items():
        (project / "monitors" / f"{name}.yaml").write_text(content)
    session = open_session(project, "prod", environ={})
    return load_declared(session.project, session.environment)


def problems(project: Path, text: str) -> list[tuple[str, str]]:
    """Place and text of each problem."""
    with pytest.raises(ConfigError) as err:
        load(project, text)
    return [(str(each.where).removeprefix("monitors/m.yaml:"), each.what) for each in err.value.problems]


def test_an_objective_is_repeated_chosen_and_rendered_as_monitors_are(project: Path) -> None:
    """An expression that stands alone keeps its type: a target is a number."""
    (slo,) = load(project, FIRST).slos

    assert slo.identity == Identity("lighthouse", "prod", "api", "answered")
    assert slo.query["numerator"] == "sum:good{env:prod,service:api}.as_count()"
    assert slo.thresholds == (SloThreshold(timeframe="30d", target=99.9, warning=99.95),)
    assert (slo.team, slo.tags, str(slo.where)) == ("checkout", ("tier:1",), "monitors/m.yaml:3:9")


def test_a_team_states_what_it_aims_at_and_gets_the_monitors(project: Path) -> None:
    """Three pairs of windows; two of them wake somebody. Their rates follow from the time-frame."""
    monitors = load(project, FIRST + "    burn_rate: {runbook: https://r.example.com/a}\n").monitors

    assert [(each.identity.short, each.urgency, each.query.rpartition("> ")[2]) for each in monitors] == [
        ("api/answered-burn-1h", "page", "14.4"),
        ("api/answered-burn-6h", "page", "6"),
        ("api/answered-burn-24h", "notify", "3"),
    ]
    assert monitors[0].query.startswith(
        'burn_rate("api/answered").over("30d").long_window("1h").short_window("5m") > 14.4'
    )
    assert {each.runbook for each in monitors} == {"https://r.example.com/a"}
    assert "2 % of the budget goes within 1h" in monitors[0].message


@pytest.mark.parametrize(
    ("timeframe", "rates"),
    [("7d", ["16.8", "5.6", "2.8"]), ("30d", ["14.4", "6", "3"]), ("90d", ["21.6", "10.8", "4.5"])],
)
def test_the_standard_rates_are_those_that_datadog_recommends(project: Path, timeframe: str, rates: list[str]) -> None:
    """Source: Datadog documentation, "Burn Rate Alerts", the tables for 7, 30 and 90 days."""
    text = FIRST.replace("timeframe: 30d", f"timeframe: {timeframe}") + "    burn_rate: {}\n"

    assert [each.query.rpartition("> ")[2] for each in load(project, text).monitors] == rates


def test_tiers_of_ones_own_take_the_place_of_the_standard_ones(project: Path) -> None:
    """By the share of the budget or by the rate; the short window is a twelfth where nobody says it."""
    tiers = "tiers: [{long_window: 2h, budget_percent: 4}, {long_window: 12h, short_window: 30m, burn_rate: 5}]"
    monitors = load(project, FIRST + f"    burn_rate: {{{tiers}}}\n").monitors

    assert [each.query.partition('.long_window("')[2] for each in monitors] == [
        '2h").short_window("10m") > 14.4',
        '12h").short_window("30m") > 5',
    ]


def test_what_is_generated_is_placed_at_the_declaration(project: Path) -> None:
    """So that findings and failures point to what can be changed."""
    monitor, *_ = load(project, FIRST + "    burn_rate:\n      runbook: https://r.example.com/a\n").monitors

    assert str(monitor.where) == "monitors/m.yaml:3:9"
    assert str(monitor.entry.where("query")) == "monitors/m.yaml:15:7"
    assert str(monitor.entry.where("runbook")) == "monitors/m.yaml:15:16"


def test_an_objective_may_be_made_of_monitors_in_any_file(project: Path) -> None:
    """Of the same service by their ids, of another as `service/id`, of none as `_/id`; or by Datadog's numbers."""
    monitors = """
monitors:
  - {id: up, for_each: services, name: up, type: query alert, query: "q", message: m, urgency: notify}
  - {id: lake, name: lake, type: query alert, query: "q", message: m, urgency: notify}
"""
    slos = FIRST.replace("type: metric", "type: monitor\n    monitor_ids: [up, reports/up, _/lake, 12]")

    (slo,) = load(project, monitors, slos=slos).slos

    assert [each if isinstance(each, int) else each.short for each in slo.monitor_ids] == [
        "api/up",
        "reports/up",
        "lake",
        12,
    ]


def test_all_problems_of_an_objective_are_told_at_their_places(project: Path) -> None:
    """Ids, teams, tags, windows and keys."""
    text = """
slos:
  - {id: "0123456789abcdef0123456789abcdef", name: n, type: metric, team: nobody, tags: ["env:x"],
     thresholds: [{timeframe: 30d, target: 99}],
     burn_rate: {tiers: [{long_window: soon, budget_percent: 1}, {long_window: 1h}]}}
  - {id: b, name: n, type: metric, thresholds: [{timeframe: 31d, target: 99}]}
  - {id: c, name: n, type: metric, thresholds: [], target: 99}
"""

    named = "looks like an id of Datadog's, as queries of `slo alert` name them"

    assert problems(project, text) == [
        ("3:10", f"`0123456789abcdef0123456789abcdef` {named}"),
        ("3:75", "unknown team `nobody`"),
        ("3:90", "the tag `env:x` is reserved"),
        ("5:40", "`soon` is no window"),
        ("5:66", "a tier says how fast, in one of two ways"),
        ("6:61", "`timeframe` cannot be `31d` in SLO `b`"),
        ("7:52", "unknown key `target` in SLO `c`"),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            FIRST + FIRST.replace("\nslos:\n", ""),
            "duplicate SLO `api/answered`; the other one is at monitors/m.yaml:3:9",
        ),
        (FIRST.replace("type: metric", "type: monitor\n    monitor_ids: [gone]"), "there is no monitor `api/gone`"),
        (
            FIRST.replace("type: metric", "type: monitor\n    monitor_ids: [answered-burn-1h]") + "    burn_rate: {}\n",
            "`api/answered-burn-1h` is an alert on an objective, which no objective can be made of",
        ),
        ("slos: {id: a}\n", "`slos` must be a list"),
        ("slo: []\n", "unknown key `slo`"),
    ],
    ids=["twice", "unknown-monitor", "own-alert", "no-list", "misspelt"],
)
def test_what_does_not_fit_together_is_refused(project: Path, text: str, told: str) -> None:
    """Across entries and files."""
    assert told in [what for _, what in problems(project, text)]


def test_the_examples_of_the_manual_are_declarations(root: Path, project: Path) -> None:
    """The objective of the page, and the alert that names it."""
    page = (root / "docs" / "reference" / "slos.md").read_text()
    blocks = [block for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if not block.startswith(" ")]

    loaded = load(project, "".join(blocks))

    assert [slo.identity.short for slo in loaded.slos] == ["api/availability", "reports/availability"]
    assert len(loaded.monitors) == 8


def test_what_a_broken_file_would_declare_is_not_missed(project: Path) -> None:
    """Only its own problems are told, not that it declares nothing."""
    text = FIRST.replace("type: metric", "type: monitor\n    monitor_ids: [up]")
    with pytest.raises(ConfigError) as err:
        load(project, text, others="monitors: [{id: up}]\n")

    assert {each.where.file for each in err.value.problems if each.where} == {"monitors/others.yaml"}


@pytest.mark.parametrize("window", ["''", "last_1h", "1h_ago", "'60'"])
def test_a_long_window_is_a_number_with_its_unit(project: Path, window: str) -> None:
    """It stands in the query as it is written; only the short one may be left out."""
    text = f"""
slos:
  - {{id: b, name: n, type: metric, thresholds: [{{timeframe: 30d, target: 99}}],
     burn_rate: {{tiers: [{{long_window: {window}, budget_percent: 1}}]}}}}
"""

    written = window.strip("'")
    assert ("4:40", f"`{written}` is no window") in problems(project, text)
