"""tag-too-long: a tag that Datadog cuts."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject

_MOST: Final = 200


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for index, tag in enumerate(subject.tags):
        if len(tag) > _MOST:
            yield Flaw(f"the tag has {len(tag)} characters, {_MOST} are kept", ("tags", index))


RULE = Rule(
    id="tag-too-long",
    severity="warning",
    title="A tag that Datadog cuts",
    why="Tags end after 200 characters; two long ones may become the same.",
    fix="shorten it",
    source='Datadog documentation, "Getting started with tags"',
    applies=lambda subject: bool(subject.tags),
    check=_check,
    bad=f'tags: ["note:{"x" * 200}"]',
    good='tags: ["note:x"]',
)
