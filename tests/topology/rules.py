"""The rules that the proof goes through, one by one. `python -m tests.topology.rules` renews the list.

The names stand in a file, so that each rule is a test of its own without a synthesis before the first of all tests; a
test compares the file with the templates. There is nothing in it to be chosen: every rule, every change.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.topology.mutations import changes, sites

FILE = Path(__file__).with_name("rules.txt")
ENVIRONMENTS = ("local", "dev", "stage", "prod", "three-zones")


def listed() -> Iterator[tuple[str, str, str]]:
    """Environment, rule and change of every case of the file."""
    for line in FILE.read_text().splitlines():
        env, rule, found = line.split(" | ")
        for change in found.split(", "):
            yield env, rule, change


def lines(environments: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> list[str]:
    """The file as these templates want it."""
    return [
        f"{env} | {site.id} | {', '.join(changes(stacks, site))}"
        for env, stacks in environments.items()
        for site in sites(stacks)
    ]


def main() -> None:
    """Write the file."""
    from tests.topology.conftest import synthesize_all

    with tempfile.TemporaryDirectory() as folder:
        found = {env: synthesized.stacks for env, synthesized in synthesize_all(Path(folder)).items()}
    FILE.write_text("\n".join(lines({env: json.loads(json.dumps(found[env])) for env in ENVIRONMENTS})) + "\n")


if __name__ == "__main__":
    main()
