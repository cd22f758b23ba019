"""`watchkeeper env diff`: two environments beside each other."""

from pathlib import Path

from watchkeeper.commands.env.assembly import environment_templates, every_environment
from watchkeeper.commands.session import Session
from watchkeeper.topology.differences import Differences, compare


def diff(left: Session, right: Session, assembly: Path | None) -> Differences:
    """What differs from the left environment to the right one. Raises UsageError where one has no stacks."""
    with every_environment(left, assembly) as folder:
        stacks = [environment_templates(session, folder) for session in (left, right)]
    return compare(left.environment, stacks[0], right.environment, stacks[1])
