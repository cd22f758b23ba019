"""Rule forwarder-limits."""

from typing import Any

from tests.forwarding.doctor.conftest import Examine, resource


def _function(**given: Any) -> Any:
    variables = {"DD_API_KEY_SECRET_ARN": "arn:x", "DD_SITE": "datadoghq.eu"}
    return resource("AWS::Lambda::Function", Environment={"Variables": variables}, **given)


def test_a_forwarder_with_the_defaults_of_lambda_is_found(doctor: Examine) -> None:
    """128 MiB and three seconds lose the logs of a busy minute."""
    found = doctor("forwarder-limits", {"Forwarder": _function()})

    assert [problem.fix for problem in found] == ["write MemorySize: 1024", "write Timeout: 120"]


def test_datadogs_own_figures_and_other_functions_are_no_finding(doctor: Examine) -> None:
    """Silence."""
    given = {"A": _function(MemorySize=1024, Timeout=120), "B": resource("AWS::Lambda::Function")}

    assert doctor("forwarder-limits", given) == []
