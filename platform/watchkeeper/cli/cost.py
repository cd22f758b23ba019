"""`watchkeeper cost`: update-prices. The bill itself is `watchkeeper env cost`."""

import json
from pathlib import Path

import click

from watchkeeper.cli.frame import Common, Group, common_options

cost = Group("cost", help="The prices that `watchkeeper env cost` multiplies by.")


@cost.command("update-prices", example="watchkeeper cost update-prices AmazonEC2-eu-west-1.json")
@click.argument("price_list", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@common_options
def update_prices(common: Common, price_list: Path) -> int:
    """Take the values of an AWS price list (JSON) into platform/prices.yaml."""
    from watchkeeper.commands.env.cost import take_price_list

    update = take_price_list(common.root, price_list)
    if common.as_json:
        print(json.dumps({"schema_version": 1, "taken": list(update.taken), "left": dict(update.left)}, indent=2))
        return 0
    print(f"{len(update.taken)} prices taken, {len(update.left)} left as they are")
    for name, why in update.left.items():
        print(f"  {name}: {why}")
    return 0
