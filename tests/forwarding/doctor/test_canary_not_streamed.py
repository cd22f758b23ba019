"""Rule canary-not-streamed."""

from tests.forwarding.doctor.conftest import SITE, Examine
from watchkeeper.forwarding.doctor import examine
from watchkeeper.forwarding.doctor.stacks import Stacks
from watchkeeper.forwarding.doctor.subject import Subject
from watchkeeper.forwarding.model import CANARY_NAMESPACE, ForwardingFile, Metrics, Namespace


def test_a_stream_without_the_canary_is_told(doctor: Examine) -> None:
    """With the place of the list in the file; it ends no build."""
    (found,) = doctor("canary-not-streamed", {})

    assert found.severity == "info"
    assert str(found.where) == "platform/forwarding.yaml:1:1"


def test_a_stream_with_the_canary_is_no_finding() -> None:
    """Silence."""
    declared = ForwardingFile(metrics=Metrics(namespaces={CANARY_NAMESPACE: Namespace()}))

    assert examine(Subject(SITE, declared, None, Stacks({}))) == []
