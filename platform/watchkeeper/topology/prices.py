"""The dated price file of a project: `platform/prices.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

from annotated_types import Ge

from watchkeeper.errors import ConfigError, Problem
from watchkeeper.project.source import read_document
from watchkeeper.project.validate import STRICT, locate_in, validate

PRICE_FILE: Final = "platform/prices.yaml"
CURRENCY: Final = "USD"

Amount = Annotated[float, Ge(0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What one unit costs.

    value: in the file's currency. unit: of which this is the price, such as `GB` or `hour`. region: AWS's name of
    the region in which it holds. source: where the value was read. as_of: when the value was read, `2026-09-28`.
    unverified: nobody has compared it with AWS's own list yet; instead of source and as_of. service: the
    `offerCode` of AWS's list, since several lists know a usage type of the same name. usage: AWS's usage type, by
    which `watchkeeper cost update-prices` finds it. operation: AWS's, where a usage type has several. per: how many
    of AWS's units make one, such as 1000.
    """

    __pydantic_config__ = STRICT

    value: Amount
    unit: str
    region: str
    source: str = ""
    as_of: str = ""
    unverified: bool = False
    service: str = ""
    usage: str = ""
    operation: str = ""
    per: Amount = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """What depends on use, and no template says.

    response_bytes: of a request, sent to its client. nat_bytes: of a request, out by NAT: telemetry to Datadog.
    endpoint_bytes: of a request, through interface endpoints. log_bytes: of a request, into CloudWatch Logs.
    flow_log_bytes: of a request, records of flow logs. database_ios: of a request, reads and writes of storage.
    database_gb: data of the whole cluster, GB of 10^9 bytes. bucket_gb: what each bucket holds, GB of 10^9 bytes.
    streamed_metrics: series that the metric stream sends each minute. streamed_metric_bytes: of one update in the
    stream. forwarded_log_bytes: of a request, lines of AWS's own services that go through Firehose.
    access_log_objects: files of access logs a month, each of which wakes Datadog's forwarder. forwarder_s: seconds
    that Datadog's forwarder runs for one of them. container_insights_metrics: series that Container Insights makes.
    """

    __pydantic_config__ = STRICT

    response_bytes: Amount = 0
    nat_bytes: Amount = 0
    endpoint_bytes: Amount = 0
    log_bytes: Amount = 0
    flow_log_bytes: Amount = 0
    database_ios: Amount = 0
    database_gb: Amount = 0
    bucket_gb: Amount = 0
    streamed_metrics: Amount = 0
    streamed_metric_bytes: Amount = 0
    forwarded_log_bytes: Amount = 0
    access_log_objects: Amount = 0
    forwarder_s: Amount = 0
    container_insights_metrics: Amount = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceFile:
    """Prices by name, and the assumptions for what depends on use.

    currency: of all prices; only `USD` is taken. prices: by the names that `watchkeeper env cost` shows.
    assumptions: what a request causes, and what is there without any.
    """

    __pydantic_config__ = STRICT

    currency: str
    prices: Mapping[str, Price]
    assumptions: Assumptions = field(default_factory=Assumptions)


def load_prices(root: Path, file: str = PRICE_FILE) -> PriceFile:
    """The price file. Raises ConfigError with all its problems: another currency, a price without source or date."""
    document = read_document(root, file)
    data = document.data if isinstance(document.data, dict) else {}
    found = validate(PriceFile, data, locate_in((document, ())), what=file)
    problems = []
    if found.currency != CURRENCY:
        fix = f"write the prices in {CURRENCY}"
        what = f"the prices are in {found.currency}, and totals are in {CURRENCY}"
        problems.append(Problem(what, document.at(("currency",)), fix=fix, rule="currency"))
    for name, price in found.prices.items():
        if not price.unverified and not (price.source and price.as_of):
            what = f"price `{name}` does not say where and when it was read"
            fix = "add `source:` and `as_of:`, or `unverified: true`"
            problems.append(Problem(what, document.at_key(("prices", name)), fix=fix, rule="undated-price"))
    if problems:
        raise ConfigError(problems)
    return found
