"""All rules together."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.forwarding.doctor.conftest import SITE
from watchkeeper.forwarding.doctor import RULES, examine
from watchkeeper.forwarding.doctor.stacks import Stacks
from watchkeeper.forwarding.doctor.subject import Subject
from watchkeeper.forwarding.model import ForwardingFile

_KINDS = (
    "AWS::ECS::TaskDefinition",
    "AWS::KinesisFirehose::DeliveryStream",
    "AWS::Logs::SubscriptionFilter",
    "AWS::Lambda::Function",
    "AWS::CloudWatch::MetricStream",
    "AWS::RDS::DBCluster",
)
_NAMES = (
    "ContainerDefinitions",
    "HttpEndpointDestinationConfiguration",
    "Environment",
    "Tags",
    "Secrets",
    "LogConfiguration",
    "Name",
    "Ref",
    "Fn::Join",
    "Fn::Sub",
    "Fn::ImportValue",
    "Fn::GetAtt",
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_NAMES) | st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=12,
)


def test_every_rule_has_its_own_page_and_its_own_test() -> None:
    """One rule, one file, one test, one page."""
    for rule, _ in RULES:
        page = ROOT / "docs" / "lint" / f"{rule}.md"
        assert page.read_text().startswith(f"# {rule}\n"), rule
        assert (ROOT / "tests" / "forwarding" / "doctor" / f"test_{rule.replace('-', '_')}.py").exists(), rule


@given(kind=st.sampled_from(_KINDS), properties=_JSON)
def test_a_template_that_makes_no_sense_breaks_no_rule(kind: str, properties: Any) -> None:
    """Anybody's template can be given, a wrong one too."""
    stacks = Stacks({"x": {"Resources": {"A": {"Type": kind, "Properties": properties}}}})

    assert json.dumps([found.resource for found in examine(Subject(SITE, ForwardingFile(), None, stacks))])
