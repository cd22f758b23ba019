"""disable-malformed: a comment that cannot be read. Found in `controls`."""

from watchkeeper.monitors.lint.rule import Rule

RULE = Rule(
    id="disable-malformed",
    severity="warning",
    title="A comment that cannot be read",
    why=("It switches nothing off: the rule does not exist, the day is none, or there is no reason."),
    fix="write `# monitors: disable rule-id until YYYY-MM-DD the reason`",
    source="the comments that switch rules off",
    applies=lambda _subject: False,
    bad="# monitors: disable no-runbok until 2999-12-31 being written",
    good="# monitors: disable no-runbook until 2999-12-31 being written",
)
