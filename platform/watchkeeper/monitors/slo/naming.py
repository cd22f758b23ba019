"""How the query of an `slo alert` names an objective: Datadog's id of 32 hex digits, or the name of a declared one.

`burn_rate("availability")` is the objective of the monitor's own service, or the one of no service where the service
has none of that name; `burn_rate("api/availability")` is another service's.
"""

import re
from collections.abc import Collection, Mapping
from typing import Final, TypeVar

from watchkeeper.project.identity import Identity, Ref, RefText
from watchkeeper.query.forms import SloQuery
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.parser import parse_query

T = TypeVar("T")

_REMOTE_ID: Final = re.compile(r"[0-9a-f]{32}")


def is_remote_id(name: str) -> bool:
    """Whether this is an id as Datadog gives them."""
    return _REMOTE_ID.fullmatch(name) is not None


def named(name: str, service: str, known: Collection[str]) -> str | None:
    """Of the objectives that are known as `service/id` or `id` the one that a monitor of `service` means."""
    own = f"{service}/{name}"
    if service and "/" not in name and own in known:
        return own
    return name if name in known else None


def objective_of(name: str, service: str, known: Mapping[str, T]) -> T | None:
    """As `named`, what is known by that name. Datadog's ids are names like others."""
    found = named(name, service, known)
    return None if found is None else known[found]


def slo_query(text: str, monitor_type: str) -> SloQuery | None:
    """The query of an `slo alert`; None of any other monitor, and where it cannot be read."""
    if monitor_type != "slo alert":
        return None
    try:
        query = parse_query(text, monitor_type)
    except QuerySyntaxError:
        return None
    return query if isinstance(query, SloQuery) else None


def with_reference(text: str, query: SloQuery, identity: Identity, kind: str) -> RefText:
    """The query with a reference in the place of the name, for the id that Datadog gives the objective."""
    before, after = text[: query.slo.at], text[query.slo.end :]
    written = text[query.slo.at : query.slo.end]
    quote = written[0] if written[:1] in "\"'" else ""
    return RefText((before + quote, Ref(kind, identity), quote + after))
