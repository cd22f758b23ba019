"""Files of what a replay is to bring: every way in which one can be wrong."""

from pathlib import Path

import pytest

from watchkeeper.errors import ConfigError
from watchkeeper.sandbox.expectation import Expectation, Known, Page, read_expectation

KNOWN = Known(services=("api", "reports"), monitors=("shop/local/api/edge-5xx",), minutes=60)


def read(tmp_path: Path, text: str) -> Expectation:
    (tmp_path / "storm.expected.yaml").write_text(text)
    return read_expectation(tmp_path, "storm.expected.yaml", KNOWN)


def problems(tmp_path: Path, text: str) -> list[tuple[str, str, str]]:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    return [(str(each.where), each.what, each.fix) for each in caught.value.problems]


def test_a_row_says_what_it_compares(tmp_path: Path) -> None:
    """Whoever holds the page is left open here."""
    text = "pages:\n  - {at: +2m, status: triggered, service: api-local}\nslack: []\nscaling: []\n"

    assert read(tmp_path, text).pages == (Page(at="+2m", status="triggered", service="api-local"),)


def test_a_key_that_is_mistyped_or_missing_is_named_at_its_place(tmp_path: Path) -> None:
    """With the nearest one."""
    text = "pages:\n  - {at: +2m, staus: triggered, service: api-local}\nslack: []\nscalling: []\n"
    found = problems(tmp_path, text)

    assert ("storm.expected.yaml:2:15", "did you mean `status`?") in [(where, fix) for where, _, fix in found]
    assert ("storm.expected.yaml:4:1", "did you mean `scaling`?") in [(where, fix) for where, _, fix in found]


def test_what_cannot_be_is_told_at_its_place_all_at_once(tmp_path: Path) -> None:
    """Times, statuses, services, outcomes, monitors, states, patterns."""
    text = """\
pages:
  - {at: 12m, status: trigered, service: '/(/'}
  - {at: +23m..+21m, status: /ack.*/, service: api-local}
slack: []
scaling:
  - {at: +61m, service: apo, before: 2, after: 3}
deployments:
  - {at: +60m, service: /a.*/, outcome: rolled-back}
  - {at: +60m, service: /x.*/, outcome: completed}
alerts:
  - {at: +5m, monitor: shop/local/api/edge-5x}
states: {shop/local/api/edge-4xx: Alerting}
"""
    found = problems(tmp_path, text)

    assert found == [
        ("storm.expected.yaml:2:10", "`12m` is no time", "write +21m, or +21m..+23m"),
        ("storm.expected.yaml:2:23", "there is no `trigered`", "did you mean `triggered` or `retriggered`?"),
        ("storm.expected.yaml:2:42", found[2][1], "mend it, or take the slashes away"),
        ("storm.expected.yaml:3:10", "`+23m..+21m` ends before it begins", "write +21m..+23m"),
        ("storm.expected.yaml:6:10", "`+61m` lies after the end of the play", "the play lasts 60 minutes"),
        ("storm.expected.yaml:6:25", "there is no `apo`", "did you mean `api`?"),
        ("storm.expected.yaml:8:41", "there is no `rolled-back`", "did you mean `rolled back`?"),
        ("storm.expected.yaml:9:25", "/x.*/ fits nothing that there is", "known: api, reports"),
        (
            "storm.expected.yaml:11:24",
            "there is no `shop/local/api/edge-5x`",
            "did you mean `shop/local/api/edge-5xx`?",
        ),
        ("storm.expected.yaml:12:10", found[9][1], found[9][2]),
        ("storm.expected.yaml:12:35", "there is no `Alerting`", "did you mean `Alert`?"),
    ]
    assert found[2][1].startswith("/(/ is no regular expression")
    assert found[9][1:] == ("there is no monitor `shop/local/api/edge-4xx`", "did you mean `shop/local/api/edge-5xx`?")
