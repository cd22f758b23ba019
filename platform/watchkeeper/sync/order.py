"""In which order the changes of a plan are written: whatever a change names is there before it."""

from collections.abc import Sequence
from itertools import groupby

from watchkeeper.project.identity import Ref
from watchkeeper.sync.plan import Change, references


def batches(changes: Sequence[Change]) -> list[list[Change]]:
    """The changes in batches of one kind each; those of a batch may be written side by side.

    The order of the plan is kept, but a change that names what will only be made after it waits for that. Of changes
    that name each other the first in the plan goes first, and its write says what is missing.
    """
    found: list[list[Change]] = []
    waiting = list(changes)
    while waiting:
        part, waiting = _ready(waiting)
        found += [
            list(batch) for _, batch in groupby(part, key=lambda change: (change.kind, change.action == "delete"))
        ]
    return found


def _ready(waiting: Sequence[Change]) -> tuple[list[Change], list[Change]]:
    """What can be written in one pass through the kinds, and what has to wait for it."""
    pending = {Ref(change.kind, change.identity) for change in waiting if change.action in ("create", "replace")}
    ready: list[Change] = []
    late: list[Change] = []
    written: set[Ref] = set()
    for change in waiting:
        needed = [ref for ref in references(change.desired.body) if ref in pending] if change.desired else []
        # What is made in the same pass serves only the kinds that come after it.
        if change.action == "delete" and late:
            late.append(change)
        elif all(ref in written and ref.kind != change.kind for ref in needed):
            ready.append(change)
            written.add(Ref(change.kind, change.identity))
        else:
            late.append(change)
    return (ready, late) if ready else (list(waiting), [])
