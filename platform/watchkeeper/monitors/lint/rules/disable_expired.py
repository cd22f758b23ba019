"""disable-expired: a comment that has run out. Found in `controls`."""

from watchkeeper.monitors.lint.rule import Rule

RULE = Rule(
    id="disable-expired",
    severity="warning",
    title="A comment that has run out",
    why="The rule is on again since the day that the comment named.",
    fix="mend the finding, or give a later day and a reason",
    source="the comments that switch rules off",
    applies=lambda _subject: False,
    bad="# monitors: disable no-runbook until 2020-12-31 being written",
    good="# monitors: disable no-runbook until 2999-12-31 being written",
)
