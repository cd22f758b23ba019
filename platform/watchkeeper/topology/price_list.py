"""Values for a price file from a price list of AWS's, the JSON that its bulk API gives. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from watchkeeper.errors import ConfigError, Problem
from watchkeeper.topology.prices import CURRENCY, PRICE_FILE, Price, PriceFile

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_LINE: Final = r"^(?P<indent> +){name}: \{{.*\}}(?P<rest>[ \t]*(?:#.*)?)$"


@dataclass(frozen=True, slots=True)
class Update:
    """The new text of the price file; the prices that were taken, and why others were not, by name."""

    text: str
    taken: tuple[str, ...]
    left: Mapping[str, str]


def update_prices(text: str, file: PriceFile, price_list: Mapping[str, Any]) -> Update:
    """Take the value of every price whose usage type the list has, with its date; other lines stay as they are.

    Raises ConfigError for a list in another currency, or one that is no price list.
    """
    if not isinstance(price_list.get("products"), Mapping) or not isinstance(price_list.get("terms"), Mapping):
        raise _no_price_list("it has no `products` and `terms`")
    offer = str(price_list.get("offerCode", ""))
    source = f"AWS price list {offer} {price_list.get('version', '')}".rstrip()
    as_of = str(price_list.get("publicationDate", ""))[:10]
    if not offer or not _DATE.fullmatch(as_of):
        raise _no_price_list("it does not say whose prices it holds, and of when: `offerCode`, `publicationDate`")
    taken, left = [], {}
    for name, price in file.prices.items():
        found = set(_amounts(price, price_list)) if price.usage else set()
        if not price.usage:
            left[name] = "it names no `usage`"
        elif price.service and price.service != offer:
            left[name] = f"it stands in the list of {price.service}, and this one is of {offer}"
        elif len(found) != 1:
            left[name] = "the list has no such usage type" if not found else "the list has several; name `operation`"
        else:
            line = _line(name, price, found.pop(), source, as_of)
            pattern = re.compile(_LINE.format(name=re.escape(name)), re.MULTILINE)
            match = pattern.search(text)
            if match is not None:
                text = f"{text[: match.start()]}{match['indent']}{line}{match['rest']}{text[match.end() :]}"
                taken.append(name)
            else:
                left[name] = f"{PRICE_FILE} does not have it on one line"
    return Update(text, tuple(taken), left)


def _no_price_list(why: str) -> ConfigError:
    fix = "give the JSON of AWS's price list bulk API for one service, as it was downloaded"
    return ConfigError(Problem(f"the file is no AWS price list: {why}", fix=fix, rule="price-list"))


def _amounts(price: Price, price_list: Mapping[str, Any]) -> Iterator[float]:
    """What the list says of one usage type. Raises ConfigError where it is not in the form that AWS gives it."""
    try:
        yield from _given(price, price_list)
    except (AttributeError, KeyError, TypeError, ValueError) as err:
        raise _no_price_list(f"what it says of {price.usage} cannot be read") from err


def _given(price: Price, price_list: Mapping[str, Any]) -> Iterator[float]:
    for sku, product in price_list["products"].items():
        attributes = product.get("attributes") or {}
        if attributes.get("usagetype") != price.usage or attributes.get("regionCode", price.region) != price.region:
            continue
        if price.operation and attributes.get("operation") != price.operation:
            continue
        for offer in ((price_list["terms"].get("OnDemand") or {}).get(sku) or {}).values():
            yield _first_paid_tier(offer["priceDimensions"].values(), price)


def _first_paid_tier(tiers: Any, price: Price) -> float:  # noqa: ANN401 - JSON of AWS's
    amounts = []
    for tier in sorted(tiers, key=lambda tier: float(tier.get("beginRange", 0))):
        given = tier["pricePerUnit"]
        if CURRENCY not in given:
            fix = f"supply the list in {CURRENCY}"
            what = f"the price list gives {price.usage} in {', '.join(given)}, not in {CURRENCY}"
            raise ConfigError(Problem(what, fix=fix, rule="currency"))
        amounts.append(float(given[CURRENCY]) * price.per)
    return next((amount for amount in amounts if amount), 0.0)


def _line(name: str, price: Price, value: float, source: str, as_of: str) -> str:
    parts = [f"value: {value:.10g}", f"unit: {price.unit}", f"region: {price.region}"]
    parts += [f'source: "{source}"', f'as_of: "{as_of}"']
    parts += [f"service: {price.service}"] if price.service else []
    parts += [f'usage: "{price.usage}"']
    parts += [f'operation: "{price.operation}"'] if price.operation else []
    parts += [f"per: {price.per:.10g}"] if price.per != 1 else []
    return f"{name}: {{{', '.join(parts)}}}"
