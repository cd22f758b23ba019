"""Labelled incidents, and how well a monitor finds them."""

import pytest

from watchkeeper.errors import ConfigError
from watchkeeper.monitors.backtest.labels import Incident, parse_labels, score_of
from watchkeeper.monitors.backtest.outcome import Alert, Outcome

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
