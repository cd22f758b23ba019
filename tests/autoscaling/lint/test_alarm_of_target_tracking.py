"""Rule alarm-of-target-tracking."""

from tests.autoscaling.lint.conftest import LintTemplate, scaled


def alarm(name: object) -> dict[str, object]:
    return {"Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmName": name}}}


def test_an_alarm_with_a_name_of_target_tracking_is_found(lint_json: LintTemplate) -> None:
    """Also where the name is put together."""
    for name in ("TargetTracking-service/a/b-AlarmHigh-x", {"Fn::Join": ["", ["TargetTracking-", {"Ref": "S"}]]}):
        (found,) = lint_json(alarm(name) | scaled())
        assert found.rule == "alarm-of-target-tracking"


def test_other_alarms_are_no_finding(lint_json: LintTemplate) -> None:
    """Silence."""
    assert lint_json(alarm("api-surge")) == []
    assert lint_json(alarm(None)) == []
