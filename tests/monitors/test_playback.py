"""Which series a monitor asks for."""

from collections.abc import Mapping

import pytest

from watchkeeper.monitors.playback import queried_metrics, unheard
from watchkeeper.monitors.subject import Subject

LOGS = {"type": "log alert", "query": 'logs("status:error").index("*").rollup("count").last("5m") > 4'}


def subject(definition: Mapping[str, object]) -> Subject:
    return Subject(id="m", declaration="m", env="prod", definition={"name": "m", "message": "", **definition})


def test_a_search_may_be_given_by_its_name_or_as_everything() -> None:
    """Both are counters."""
    assert queried_metrics(subject(LOGS)) == {'logs("status:error")': "count", 'logs("*")': "count"}


@pytest.mark.parametrize(
    ("known", "missing"),
    [
        ({'logs("status:error")'}, []),
        ({'logs("*")'}, []),
        ({"m"}, ['logs("status:error")']),
    ],
    ids=["by-name", "everything", "neither"],
)
def test_a_search_is_missed_where_neither_is_known(known: set[str], missing: list[str]) -> None:
    """It is told by its own name."""
    assert unheard(subject(LOGS), known) == missing


def test_the_query_of_a_threshold_asks_too() -> None:
    """What it is computed from must be recorded as well."""
    definition = {
        "type": "query alert",
        "query": 'formula("a").last("5m") > threshold',
        "options": {
            "variables": [
                {"name": "a", "data_source": "metrics", "query": "avg:m{*}"},
                {"name": "b", "data_source": "metrics", "query": "avg:n{*}"},
            ],
            "thresholds": {"critical_query": 'formula("2 * b").last("1d")'},
        },
    }

    assert unheard(subject(definition), {"m"}) == ["n"]
