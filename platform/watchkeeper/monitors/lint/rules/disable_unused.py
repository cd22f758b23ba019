"""disable-unused: a comment switches off a rule that finds nothing. Found in `controls`."""

from watchkeeper.monitors.lint.rule import Rule

RULE = Rule(
    id="disable-unused",
    severity="warning",
    title="A comment switches off a rule that finds nothing",
    why="It hides the next finding of that rule, long after its reason is gone.",
    fix="remove the comment",
    source="the comments that switch rules off",
    applies=lambda _subject: False,
    bad="# monitors: disable no-runbook until 2999-12-31 being written",
    good="# monitors: disable the-rule-that-finds-something until 2999-12-31 being written",
)
