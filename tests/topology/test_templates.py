"""References between resources and across stacks."""

from typing import Any

import pytest

from watchkeeper.topology.templates import Reference, Templates

STACKS: dict[str, dict[str, Any]] = {
    "dev-Network": {
        "Parameters": {"Size": {"Type": "String", "Default": "small"}},
        "Resources": {
            "Vpc7FB7348F": {"Type": "AWS::EC2::VPC", "Properties": {}},
            "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": {}},
        },
        "Outputs": {
            "A": {"Value": {"Ref": "Vpc7FB7348F"}, "Export": {"Name": "dev-Network:Vpc"}},
            "B": {"Value": {"Fn::GetAtt": ["Group", "GroupId"]}, "Export": {"Name": "dev-Network:Group"}},
            "C": {"Value": "no export"},
        },
    },
    "dev-Data": {"Resources": {}},
}


def resolved(value: Any, stack: str = "dev-Network") -> Any:
    """The value as the only property of a resource of that stack."""
    template = STACKS[stack]
    resources = {**template["Resources"], "Probe": {"Type": "Probe", "Properties": {"value": value}}}
    (probe,) = Templates({**STACKS, stack: {**template, "Resources": resources}}).of_type("Probe")
    return probe.properties["value"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "Vpc7FB7348F"}, Reference("dev-Network", "Vpc7FB7348F")),
        ({"Fn::GetAtt": ["Group", "GroupId"]}, Reference("dev-Network", "Group", "GroupId")),
        ({"Fn::GetAtt": "Group.GroupId"}, Reference("dev-Network", "Group", "GroupId")),
        ({"Ref": "Size"}, "small"),
        ({"Ref": "AWS::Region"}, "${AWS::Region}"),
        ({"Fn::Join": ["", ["com.amazonaws.", {"Ref": "AWS::Region"}, ".s3"]]}, "com.amazonaws.${AWS::Region}.s3"),
        ({"Fn::Sub": "${Size}-${AWS::Region}"}, "small-${AWS::Region}"),
        ({"Fn::Sub": ["${x}!", {"x": {"Ref": "Size"}}]}, "small!"),
        ({"Fn::Select": [1, {"Fn::Split": [",", "a,b"]}]}, "b"),
        ([{"Ref": "Size"}, {"deep": {"Ref": "Size"}}], ["small", {"deep": "small"}]),
    ],
)
def test_functions_become_references_and_text(value: Any, expected: Any) -> None:
    """As CloudFormation would fill them in, as far as the templates tell."""
    assert resolved(value) == expected


def test_an_import_leads_to_the_resource_of_the_other_stack() -> None:
    """By the name of the export."""
    assert resolved({"Fn::ImportValue": "dev-Network:Group"}, "dev-Data") == Reference(
        "dev-Network", "Group", "GroupId"
    )


def test_an_import_from_elsewhere_stays_a_text() -> None:
    """Nothing is guessed."""
    assert resolved({"Fn::ImportValue": "other:Thing"}) == "${other:Thing}"


def test_short_names_drop_the_hash_that_the_cdk_adds() -> None:
    """Reports name both: the short one to read, the full one to search for."""
    reference = Reference("dev-Network", "Vpc7FB7348F", "CidrBlock")

    assert (reference.short, str(reference)) == ("Vpc", "dev-Network/Vpc7FB7348F")
    assert reference.resource == Reference("dev-Network", "Vpc7FB7348F")
