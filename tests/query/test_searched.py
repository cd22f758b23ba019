"""Which events a search finds by their tags."""

import pytest

from watchkeeper.query.search import search_filter
from watchkeeper.query.searched import finds
from watchkeeper.query.series import index_tags

TAGS = {"service:api", "status:error", "http.status_code:503", "message:Connection refused by db", "path:/v1/pay"}


@pytest.mark.parametrize(
    ("search", "is_found"),
    [
        ("service:api", True),
        ("service:api status:error", True),
        ("service:api AND status:info", False),
        ("status:info OR service:api", True),
        ("status:info OR service:api -status:error", False),
        ("-status:info", True),
        ("NOT service:api", False),
        ("-(service:web OR status:error)", False),
        ("status:(info OR error)", True),
        ("service:a*", True),
        ("service:ap?", True),
        ("service:a?", False),
        ("service:*", True),
        ("env:*", False),
        ("@http.status_code:503", True),
        ("@http.status_code:>=500", True),
        ("@http.status_code:<500", False),
        ("@http.status_code:[500 TO 599]", True),
        ("@http.status_code:{503 TO 599}", False),
        ("@http.status_code:[* TO 400]", False),
        ("service:>5", False),
        ("refused", True),
        ('"connection refused"', True),
        ("timeout", False),
        ("-timeout service:api", True),
        ("path:\\/v1\\/pay", True),
        ("SERVICE:API", True),
        ("*", True),
    ],
    ids=str,
)
def test_a_search_finds_by_tags_and_by_the_message(search: str, is_found: bool) -> None:
    """Terms, brackets, wildcards, ranges and comparisons of Datadog's search syntax."""
    assert finds(search_filter(search), index_tags(TAGS)) is is_found


def test_free_text_is_not_found_where_nothing_is_known_of_the_message() -> None:
    """A series without the tag `message` says nothing about it."""
    assert not finds(search_filter("refused"), index_tags({"service:api"}))
