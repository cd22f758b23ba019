"""Rule streamed-and-polled."""

from watchkeeper.errors import Location
from watchkeeper.forwarding.doctor import examine
from watchkeeper.forwarding.doctor.stacks import Stacks
from watchkeeper.forwarding.doctor.subject import Subject
from watchkeeper.forwarding.model import CANARY_NAMESPACE, ForwardingFile, Integration, Metrics, Namespace
from watchkeeper.forwarding.sites import SITES

_STREAMED = {"AWS/RDS": Namespace(), CANARY_NAMESPACE: Namespace()}


def _found(integration: Integration | None) -> list[str]:
    declared = ForwardingFile(metrics=Metrics(namespaces=_STREAMED), integration=integration)
    subject = Subject(SITES["datadoghq.eu"], declared, Location("platform/forwarding.yaml"), Stacks({}))
    return [each.problem.what for each in examine(subject) if each.problem.rule == "streamed-and-polled"]


def test_a_namespace_that_is_streamed_and_named_as_polled_is_found() -> None:
    """Its values would be doubled."""
    (found,) = _found(Integration(polled=("AWS/RDS", "AWS/Billing")))

    assert found.startswith("AWS/RDS is streamed, and `integration: polled` names it")


def test_custom_metrics_poll_what_is_not_aws_own() -> None:
    """Datadog's own switch reaches every namespace of the account."""
    (found,) = _found(Integration(custom_metrics=True))

    assert found.startswith(CANARY_NAMESPACE)


def test_what_datadog_leaves_by_itself_is_no_finding() -> None:
    """AWS's own namespaces are not polled any more once they are streamed."""
    assert _found(Integration()) == []
    assert _found(Integration(polled=("AWS/Billing",))) == []
    assert _found(None) == []
