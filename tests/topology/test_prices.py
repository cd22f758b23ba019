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
        "formatVersion": "v1.0",
        "offerCode": "AmazonEC2",
        "version": "20261120120000",
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
    assert found["nat-gateway-hour"].source == "AWS price list AmazonEC2 20261120120000"
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


@pytest.mark.parametrize(
    "broken",
    [
        {"products": {"A": "gone"}},
        {"terms": {"OnDemand": ["A"]}},
        {"terms": {"OnDemand": {"A": {"term": {"priceDimensions": {"rate": {"beginRange": "0"}}}}}}},
        {"terms": {"OnDemand": {"A": {"term": {"priceDimensions": {"rate": {"pricePerUnit": {"USD": "free"}}}}}}}},
        {"publicationDate": ""},
        {"publicationDate": "lately"},
        {"offerCode": ""},
    ],
    ids=["product", "no-terms", "no-amount", "no-number", "no-date", "no-real-date", "no-offer"],
)
def test_a_list_that_is_cut_or_undated_is_refused_whole(tmp_path: Path, broken: dict[str, Any]) -> None:
    """A price without a date would make the file itself unreadable; nothing is taken from such a list."""
    file = load_prices(write(tmp_path, FILE))
    with pytest.raises(ConfigError, match="is no AWS price list") as refused:
        update_prices(FILE, file, offer(A=("EU-NatGateway-Hours", "0.048")) | broken)

    assert "as it was downloaded" in refused.value.problems[0].fix


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


OFFER = {
    "formatVersion": "v1.0",
    "disclaimer": "This pricing list is for informational purposes only.",
    "offerCode": "AmazonS3",
    "version": "20260928230416",
    "publicationDate": "2026-09-28T23:04:16Z",
    "products": {
        "4AJHPB29ZPVFADXP": {
            "sku": "4AJHPB29ZPVFADXP",
            "productFamily": "Storage",
            "attributes": {
                "servicecode": "AmazonS3", "location": "EU (Ireland)", "locationType": "AWS Region",
                "storageClass": "General Purpose", "volumeType": "Standard", "usagetype": "EU-TimedStorage-ByteHrs",
                "operation": "", "regionCode": "eu-west-1", "servicename": "Amazon Simple Storage Service",
            },
        },
        "OTHERREGIONXXXXX": {
            "sku": "OTHERREGIONXXXXX",
            "productFamily": "Storage",
            "attributes": {"usagetype": "EU-TimedStorage-ByteHrs", "operation": "", "regionCode": "eu-west-9"},
        },
        "NOTERMSXXXXXXXXX": {
            "sku": "NOTERMSXXXXXXXXX",
            "productFamily": "API Request",
            "attributes": {"usagetype": "EU-Requests-Tier1", "operation": "PutObject", "regionCode": "eu-west-1"},
        },
    },
    "terms": {
        "OnDemand": {
            "4AJHPB29ZPVFADXP": {
                "4AJHPB29ZPVFADXP.JRTCKXETXF": {
                    "offerTermCode": "JRTCKXETXF",
                    "sku": "4AJHPB29ZPVFADXP",
                    "effectiveDate": "2026-09-01T00:00:00Z",
                    "priceDimensions": {
                        "4AJHPB29ZPVFADXP.JRTCKXETXF.D42MF2PVJS": {
                            "rateCode": "4AJHPB29ZPVFADXP.JRTCKXETXF.D42MF2PVJS",
                            "description": "$0.021 per GB - storage used / month over 500 TB", "beginRange": "512000",
                            "endRange": "Inf", "unit": "GB-Mo", "pricePerUnit": {"USD": "0.0210000000"},
                            "appliesTo": [],
                        },
                        "4AJHPB29ZPVFADXP.JRTCKXETXF.PGHJ3S3EYE": {
                            "rateCode": "4AJHPB29ZPVFADXP.JRTCKXETXF.PGHJ3S3EYE",
                            "description": "$0.023 per GB - first 50 TB / month of storage used", "beginRange": "0",
                            "endRange": "51200", "unit": "GB-Mo", "pricePerUnit": {"USD": "0.0230000000"},
                            "appliesTo": [],
                        },
                    },
                    "termAttributes": {},
                }
            },
            "OTHERREGIONXXXXX": {
                "OTHERREGIONXXXXX.JRTCKXETXF": {
                    "priceDimensions": {"x": {"beginRange": "0", "pricePerUnit": {"USD": "9.0000000000"}}},
                }
            },
        },
        "Reserved": {},
    },
    "attributesList": {},
}  # fmt: skip
"""In the whole shape of AWS's bulk list: several tiers, a product of another region, and one without terms."""


def test_a_list_in_the_shape_of_awss_bulk_api_is_read_as_it_is(root: Path) -> None:
    """Into the price file of this repository: the first tier, of the right region, with the list's version."""
    text = (root / "platform" / "prices.yaml").read_text()

    update = update_prices(text, load_prices(root), OFFER)

    assert update.taken == ("s3-gb-month",)
    (line,) = [line for line in update.text.splitlines() if line.lstrip().startswith("s3-gb-month:")]
    assert line == (
        "  s3-gb-month: {value: 0.023, unit: GB month, region: eu-west-1,"
        ' source: "AWS price list AmazonS3 20260928230416", as_of: "2026-09-28",'
        ' service: AmazonS3, usage: "EU-TimedStorage-ByteHrs"}'
    )
    assert update.left["logs-gb"] == "it stands in the list of AmazonCloudWatch, and this one is of AmazonS3"


def test_another_services_list_with_the_same_usage_type_changes_nothing(root: Path) -> None:
    """Logs, images and tables are stored under the same name as objects, at other prices."""
    text = (root / "platform" / "prices.yaml").read_text()

    update = update_prices(text, load_prices(root), {**OFFER, "offerCode": "AmazonCloudWatch"})

    assert "s3-gb-month" not in update.taken
    assert update.text == text


def test_every_price_with_a_usage_type_names_its_list(root: Path) -> None:
    """So that whichever lists are taken, one after the other, the outcome is the same."""
    prices = load_prices(root).prices

    assert [name for name, price in prices.items() if price.usage and not price.service] == []
