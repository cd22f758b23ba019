"""Which queries mean the same."""

import pytest

from watchkeeper.query.canonical import canonical_text, means_the_same
from watchkeeper.query.expressions import parse_expression
from watchkeeper.query.parser import parse_query

M = "avg(last_5m):"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{M}avg:a{{x:y}} > 20", f"{M} avg:a{{ x:y }}\n  > 20.0"),
        (f"{M}avg:a{{x:y}} > 1000", f"{M}(((a{{x:y}}))) > 1e3"),
        (f"{M}avg:a{{x:y,z:w}} > 1", f"{M}avg:a{{z:w AND x:y}} > 1"),
        (f"{M}avg:a{{x:y and (z:w or v:u)}} > 1", f"{M}avg:a{{(v:u OR z:w) AND x:y}} > 1"),
        (f"{M}avg:a{{!x:y}} > 1", f"{M}avg:a{{NOT x:y}} > 1"),
        (f"{M}avg:a{{!x:y}} > 1", f"{M}avg:a{{-x:y}} > 1"),
        (f"{M}avg:a{{!(!x:y)}} > 1", f"{M}avg:a{{x:y}} > 1"),
        (f"{M}avg:a{{x IN (b,a)}} > 1", f"{M}avg:a{{x:a OR x:b}} > 1"),
        (f"{M}avg:a{{x NOT IN (a,b)}} > 1", f"{M}avg:a{{NOT (x:b OR x:a)}} > 1"),
        (f"{M}avg:a{{*,x:y,x:y}} > 1", f"{M}avg:a{{x:y}} > 1"),
        (f"{M}avg:a{{ENV:Prod}} > 1", f"{M}avg:a{{env:prod}} > 1"),
        (f"{M}avg:a{{*}} by {{b,a}} > 1", f"{M}avg:a{{*}} by {{a, b}} > 1"),
        (f"{M}avg:a{{*}}.fill(0) > 1", f"{M}avg:a{{*}}.fill('zero') > 1"),
        (f"{M}avg:a{{*}}.rollup('max','60') > 1", f"{M}avg:a{{*}}.rollup(max, 60) > 1"),
        (f"{M}(avg:a{{*}}).as_count() > 1", f"{M}avg:a{{*}}.as_count() > 1"),
        (f"{M}anomalies(a{{*}}, 'agile', 2, direction='both', interval=60) >= 1",
         f"{M}anomalies(a{{*}}, \"agile\", '2', interval='60', direction='both') >= 1"),
        (f"{M}+a{{*}} > 1", f"{M}a{{*}} > 1"),
        ('logs("a:b  c:d").rollup("count").last("5m") > 1', "logs('a:b c:d').last(5m).rollup('count') > 1.0"),
        ('logs("a").by("x,y").last("5m") > 1', 'logs("a").by("y","x").last("5m") > 1'),
        ('"c".over("b","a").last(2).count_by_status()', '"c".over("a,b").last(2).count_by_status()'),
        ("1 && (2 && 3)", "3 && 2 && 1"),
        ("1 || 1", "1"),
    ],
    ids=str,
)  # fmt: skip
def test_these_mean_the_same(one: str, other: str) -> None:
    """White space, brackets, spelling, and order where order means nothing."""
    assert means_the_same(parse_query(one), parse_query(other))
    assert canonical_text(parse_query(one)) == canonical_text(parse_query(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{M}a{{x:y}} > 20", f"{M}a{{x:y}} >= 20"),
        (f"{M}avg:a{{x:y}} > 20", f"{M}max:a{{x:y}} > 20"),
        (f"{M}a{{x:y,z:w}} > 1", f"{M}a{{x:y OR z:w}} > 1"),
        (f"{M}a{{!(x:y,z:w)}} > 1", f"{M}a{{!x:y,!z:w}} > 1"),
        (f"{M}a{{*}} - b{{*}} > 1", f"{M}b{{*}} - a{{*}} > 1"),
        (f"{M}a{{*}}.as_count() > 1", f"{M}a{{*}}.as_rate() > 1"),
        ("avg(last_60m):a{*} > 1", "avg(last_1h):a{*} > 1"),
        ("change(avg(last_5m),last_5m):a{*} > 1", "pct_change(avg(last_5m),last_5m):a{*} > 1"),
        ('logs("\\"a  b\\"").last("5m") > 1', 'logs("\\"a b\\"").last("5m") > 1'),
        ("1 && 2", "1 || 2"),
        ("1 && !2", "1 && 2"),
    ],
    ids=str,
)
def test_these_do_not(one: str, other: str) -> None:
    """A window of 60 minutes and one of an hour are cut into other buckets; arithmetic keeps its order."""
    assert not means_the_same(parse_query(one), parse_query(other))


def test_a_filter_is_printed_without_mixing_signs_and_words() -> None:
    """Datadog wants one or the other in one filter."""
    canonical = canonical_text(parse_query(f"{M}a{{!x:y, (z:w OR v:u)}} > 1"))

    assert canonical == f"{M}avg:a{{NOT x:y AND (v:u OR z:w)}} > 1"


def test_expressions_are_compared_as_well() -> None:
    """As they stand in graphs."""
    assert means_the_same(parse_expression("a{x:y,z:w}"), parse_expression("avg:a{z:w,x:y}"))
