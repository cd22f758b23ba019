"""`watchkeeper doctor`."""

import dataclasses
import json
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

import click

from watchkeeper.cli.frame import EXIT_FINDINGS, Command, Common, common_options, env_option, loopback_option
from watchkeeper.cli.terminal import colour

if TYPE_CHECKING:
    from watchkeeper.commands.doctor import Check

_COLOURS: Final = {"ok": "green", "missing": "red", "note": "yellow", "unasked": "dim"}


@click.command("doctor", cls=Command, example="watchkeeper doctor --env stage")
@loopback_option
@env_option
@common_options
def doctor(common: Common, env: str, *, allow_loopback: bool) -> int:
    """Tell what is missing until an environment runs, in the order in which to mend it; reads only."""
    from watchkeeper.commands.doctor import examine, examine_tools
    from watchkeeper.commands.session import open_session

    def show(checks: Iterable["Check"]) -> Iterator["Check"]:
        for check in checks:
            if not common.as_json:
                print("\n".join(_lines(check)), flush=True)
            yield check

    found = list(show(examine_tools(common.root)))
    session = open_session(common.root, env, allow_loopback=allow_loopback)
    found += show(examine(session))
    missing = [check for check in found if check.state == "missing"]
    if common.as_json:
        checks = [_record(check) for check in found]
        print(json.dumps({"schema_version": 1, "env": env, "missing": len(missing), "checks": checks}, indent=2))
    elif missing:
        print(f"{env}: {len(missing)} missing; begin with the first")
    else:
        print(f"{env}: nothing is missing")
    return EXIT_FINDINGS if missing else 0


def _lines(check: "Check") -> Iterator[str]:
    place = f"{check.where}: " if check.where else ""
    state = colour(check.state.ljust(7), _COLOURS[check.state], sys.stdout)
    yield f"{state}  {check.name.ljust(13)}  {place}{check.told}"
    if check.fix:
        yield f"{' ' * 24}fix: {check.fix}"


def _record(check: "Check") -> dict[str, object]:
    where = check.where
    place = {"file": where.file, "line": where.line, "column": where.column} if where else {}
    return {key: value for key, value in dataclasses.asdict(check).items() if key != "where"} | place
