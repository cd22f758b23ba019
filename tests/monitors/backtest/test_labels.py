"""Labelled incidents, and how well a monitor finds them."""

import pytest

from watchkeeper.errors import ConfigError
from watchkeeper.monitors.backtest.labels import Incident, joint_score, parse_labels, score_of, unused_labels
from watchkeeper.monitors.backtest.outcome import Alert, GroupOutcome, Outcome
from watchkeeper.monitors.subject import Subject

DAY = 1_767_571_200
OUTCOME = Outcome(monitor="api/m", env="prod", start=DAY, end=DAY + 86_400, groups=[])


def at(minute: int) -> int:
    return DAY + 60 * minute


def test_precision_recall_and_delay_are_those_of_the_hand() -> None:
    """Four alerts, two about an incident; three incidents, two found, after 5 minutes and at once."""
    alerts = [
        Alert((), at(15), at(20)),
        Alert((), at(40), at(50)),
        Alert((), at(90), at(105)),
        Alert(("host:b",), at(600), None),
    ]
    incidents = [
        Incident(at(10), at(30)),
        Incident(at(100), at(110)),
        Incident(at(200), at(210)),
        Incident(at(600), at(700), monitor="another"),
        Incident(at(9000), at(9010)),
    ]

    found = score_of(alerts, OUTCOME, incidents)

    assert (found.precision, found.recall) == (2 / 4, 2 / 3)
    assert found.delays_s == (300, 0)
    assert found.median_delay_s == 150


def test_without_pages_or_incidents_there_is_no_ratio() -> None:
    """None, not a division by zero."""
    found = score_of([], OUTCOME, [])

    assert (found.precision, found.recall, found.median_delay_s) == (None, None, None)


def outcome(monitor: str, *alerts: Alert) -> Outcome:
    group = GroupOutcome(
        group=(), transitions=[], alerts=alerts, pages=len(alerts), repeats=0, warnings=0, alert_s=0, flaps=0
    )
    declared = monitor.rpartition("/")[2]
    return Outcome(monitor=monitor, env="prod", start=DAY, end=DAY + 86_400, groups=[group], declaration=declared)


def test_of_monitors_together_the_first_that_alerts_finds_the_incident() -> None:
    """One incident is one, whoever sees it: recall 1 of 1, three pages, the delay of the earlier one."""
    early, late = outcome("api/a", Alert((), at(12), at(20))), outcome("api/b", Alert((), at(15), None))
    wrong = outcome("api/c", Alert((), at(900), at(901)))

    found = joint_score([late, early, wrong], [Incident(at(10), at(30))])

    assert (found.pages, found.true_pages, found.incidents, found.found, found.delays_s) == (3, 2, 1, 1, (120,))


def test_a_label_may_name_a_monitor_with_or_without_its_service() -> None:
    """`api/m` and `m` mean it, `n` does not."""
    names = ("api/m", "m", "n")
    alert = Alert((), at(12), at(20))

    found = [joint_score([outcome("api/m", alert)], [Incident(at(10), at(30), monitor=name)]).found for name in names]

    assert found == [1, 1, 0]


def test_labels_that_count_for_nobody_are_named() -> None:
    """Outside of the period, of a monitor that is not played, none at all."""
    played = [Subject(id="api/m", declaration="m", env="prod", definition={})]
    labels = [Incident(at(1), at(2)), Incident(at(3), at(4), monitor="api/n"), Incident(DAY - 90, DAY - 60)]

    assert [each.what for each in unused_labels(labels, "l.csv", played, DAY, DAY + 86_400)] == [
        "1 of 3 incidents lie outside of the period, and do not count",
        "incidents of `api/n` do not count: it is not played",
    ]
    assert [each.what for each in unused_labels([], "l.csv", played, DAY, DAY)] == ["the labels name no incident"]


def test_labels_are_read_from_csv_and_json() -> None:
    """Instants with a zone, without one (UTC), or as Unix seconds."""
    csv = "start,end,name\n2026-01-05T01:00:00+01:00,2026-01-05 00:10:00,deploy\n"
    json = f'{{"a.csv": [["2026-01-05 00:00:00.000000", "{DAY + 600}"]], "b.csv": []}}'

    assert parse_labels(csv, "l.csv") == [Incident(DAY, DAY + 600, "deploy")]
    assert parse_labels(json, "l.json", "a.csv") == [Incident(DAY, DAY + 600)]


@pytest.mark.parametrize(
    ("text", "file", "what"),
    [
        ("begin,end\n", "l.csv", "the column `start` is missing"),
        ("start,end\nsoon,later\n2026-01-05,2026-01-04\n", "l.csv", "`soon` is no instant: start; the incident ends"),
        ("[1, 2]", "l.json", "`entry 1` is no instant: start; `entry 2` is no instant: start"),
        ("{", "l.json", "not JSON"),
        ('{"a": []}', "l.json", "it holds labels of several series"),
    ],
)
def test_wrong_labels_are_named(text: str, file: str, what: str) -> None:
    """All of them at once."""
    with pytest.raises(ConfigError) as caught:
        parse_labels(text, file)

    assert str(caught.value).startswith(what)
