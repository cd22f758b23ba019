"""What people receive."""

import pytest

from watchkeeper.monitors.message import MessageSyntaxError, check_message, format_value, mentions, render_transition
from watchkeeper.monitors.state import State, Transition


def transition(current: State = "Alert", previous: State = "OK", value: float = 0.0823) -> Transition:
    return Transition(
        at=1_764_000_000,
        group=("host:a",),
        previous=previous,
        current=current,
        value=value,
        threshold=0.05,
        first_triggered=1_764_000_000,
        notifies=True,
    )


def test_title_and_message_carry_the_state_the_group_and_the_value() -> None:
    """Values are rounded to three decimals."""
    found = render_transition("5xx", "ratio {{value}} > {{threshold}} on {{host.name}} @slack-ops", transition())

    assert found.title == "[Triggered on {host:a}] 5xx"
    assert found.message == "ratio 0.082 > 0.05 on a @slack-ops"
    assert found.recipients == ("slack-ops",)


@pytest.mark.parametrize(("current", "expected"), [("Alert", "down"), ("OK", "up"), ("Warn", "slow")], ids=str)
def test_a_block_is_shown_for_its_transition_only(current: State, expected: str) -> None:
    """is_alert, is_recovery, and else."""
    text = (
        "{{#is_alert}}down{{else}}{{#is_recovery}}up{{/is_recovery}}{{^is_recovery}}slow{{/is_recovery}}{{/is_alert}}"
    )

    assert render_transition("", text, transition(current)).message == expected


def test_a_match_block_looks_into_a_tag() -> None:
    """is_match takes several texts."""
    text = '{{#is_match "host.name" "b" "a"}}@pagerduty-a{{/is_match}}'

    assert render_transition("", text, transition()).recipients == ("pagerduty-a",)


def test_a_variable_is_escaped_between_two_braces_and_not_between_three() -> None:
    """`<` of a tag's value; comments vanish."""
    text = "{{[a.b].name}} {{{[a.b].name}}}{{!-- nothing --}}"

    assert render_transition("", text, transition(), tags=["a.b:<x>"]).message == "&lt;x&gt; <x>"


@pytest.mark.parametrize(
    "text", ["{{#is_alert}}x", "x{{/is_alert}}", "{{#is_alert}}{{/is_warning}}", "{{else}}"], ids=str
)
def test_unbalanced_blocks_are_refused(text: str) -> None:
    """Open without close, close without open."""
    with pytest.raises(MessageSyntaxError):
        check_message(text)


def test_an_address_is_a_mention_and_the_middle_of_a_word_is_not() -> None:
    """Each handle once."""
    assert mentions("@ana@example.com a@b @slack-x. @slack-x") == ("ana@example.com", "slack-x")


@pytest.mark.parametrize(
    ("value", "text"), [(90.0, "90"), (0.0004, "0"), (1.25, "1.25"), (-0.0, "0"), (None, "")], ids=str
)
def test_numbers_are_short(value: float | None, text: str) -> None:
    """No needless zeros."""
    assert format_value(value) == text
