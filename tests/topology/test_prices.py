"""The price file, and AWS's price list."""

from pathlib import Path
from typing import Any

import pytest

from watchkeeper.errors import ConfigError
from watchkeeper.topology.price_list import update_prices
from watchkeeper.topology.prices import load_prices

FILE = """\
# A comment that stays.
currency: USD
prices:
  nat-gateway-hour: {value: 9, unit: hour, region: eu-west-1, unverified: true, usage: "EU-NatGateway-Hours"}  # why
  spot: {value: 1, unit: hour, region: eu-west-1, unverified: true}
  io: {value: 1, unit: million, region: eu-west-1, unverified: true, usage: "EU-IO", per: 1000000}
  balancer: {value: 1, unit: hour, region: eu-west-1, unverified: true, usage: "EU-LoadBalancerUsage"}
"""


BARE = "  spot: {value: 1, unit: hour, region: eu-west-1}"


def offer(**amounts: tuple[str, str]) -> dict[str, Any]:
    """A price list: sku to (usage type, amount in US dollars)."""
    return {
        "offerCode": "AmazonEC2",
        "publicationDate": "2026-11-20T12:00:00Z",
        "products": {
            sku: {"attributes": {"usagetype": usage, "regionCode": "eu-west-1"}} for sku, (usage, _) in amounts.items()
        },
        "terms": {
            "OnDemand": {
                sku: {"term": {"priceDimensions": {"rate": {"beginRange": "0", "pricePerUnit": {"USD": amount}}}}}
                for sku, (_, amount) in amounts.items()
            }
        },
    }


def write(folder: Path, text: str) -> Path:
    (folder / "platform").mkdir(exist_ok=True)
    (folder / "platform" / "prices.yaml").write_text(text)
    return folder


def test_a_price_list_gives_values_with_source_and_date(tmp_path: Path) -> None:
    """Everything else in the file stays, and the price is unverified no longer."""
    file = load_prices(write(tmp_path, FILE))
    update = update_prices(FILE, file, offer(A=("EU-NatGateway-Hours", "0.0480000000"), B=("EU-IO", "0.00000022")))

    found = load_prices(write(tmp_path, update.text)).prices
    assert update.taken == ("nat-gateway-hour", "io")
    assert (found["nat-gateway-hour"].value, found["nat-gateway-hour"].as_of) == (0.048, "2026-11-20")
    assert found["nat-gateway-hour"].source == "AWS price list AmazonEC2"
    assert not found["nat-gateway-hour"].unverified
    assert found["io"].value == pytest.approx(0.22)
    assert found["spot"].unverified
    assert update.text.startswith("# A comment that stays.\n")
    assert "}  # why\n" in update.text


def test_what_the_list_cannot_tell_is_left_and_the_reason_given(tmp_path: Path) -> None:
    """No usage type, none in the list, or several amounts for it."""
    two = offer(A=("EU-LoadBalancerUsage", "0.0252"), B=("EU-LoadBalancerUsage", "0.028"))
    update = update_prices(FILE, load_prices(write(tmp_path, FILE)), two)

    assert update.taken == ()
    assert update.text == FILE
    assert update.left == {
        "nat-gateway-hour": "the list has no such usage type",
        "spot": "it names no `usage`",
        "io": "the list has no such usage type",
        "balancer": "the list has several; name `operation`",
    }


def test_a_list_in_another_currency_is_refused(tmp_path: Path) -> None:
    """Nothing is converted."""
    chinese = offer(A=("EU-IO", "1"))
    chinese["terms"]["OnDemand"]["A"]["term"]["priceDimensions"]["rate"]["pricePerUnit"] = {"CNY": "1.5"}

    with pytest.raises(ConfigError, match="gives EU-IO in CNY, not in USD"):
        update_prices(FILE, load_prices(write(tmp_path, FILE)), chinese)


def test_a_price_file_in_another_currency_is_refused_with_its_line(tmp_path: Path) -> None:
    """Sums of two currencies mean nothing."""
    with pytest.raises(ConfigError) as caught:
        load_prices(write(tmp_path, FILE.replace("currency: USD", "currency: EUR")))

    (problem,) = caught.value.problems
    assert (problem.what, problem.where and problem.where.line) == ("the prices are in EUR, and totals are in USD", 2)


def test_a_price_says_where_it_was_read_or_that_nobody_verified_it(tmp_path: Path) -> None:
    """A bare number is neither."""
    bare = FILE.replace("  spot: {value: 1, unit: hour, region: eu-west-1, unverified: true}", BARE)

    with pytest.raises(ConfigError, match="price `spot` does not say where and when it was read"):
        load_prices(write(tmp_path, bare))
