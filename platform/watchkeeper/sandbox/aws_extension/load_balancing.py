"""What ministack loses of load balancers: the protocol version and gRPC matcher of target groups, weighted forwards."""

from collections.abc import Mapping
from typing import Any

from ministack.services import alb
from ministack.services.cloudformation import provisioners

from .resources import Props, keep_after


def keep_target_group(physical_id: str, props: Props) -> None:
    """ProtocolVersion and Matcher as the template has them."""
    group = alb._tgs[physical_id]
    group["ProtocolVersion"] = props.get("ProtocolVersion", "HTTP1")
    group["Matcher"] = dict(props.get("Matcher") or {"HttpCode": "200"})


def name_target_group(physical_id: str, attributes: dict[str, Any]) -> None:
    """The full name begins with `targetgroup/`, as CloudWatch and scaling policies want it."""
    attributes["TargetGroupFullName"] = physical_id.rpartition(":")[2]


def _target_group_xml(group: Mapping[str, Any]) -> str:
    text = str(_plain_target_group_xml(group))
    before, _, rest = text.partition("<Matcher>")
    _, _, after = rest.partition("</Matcher>")
    matcher = "".join(f"<{name}>{value}</{name}>" for name, value in group.get("Matcher", {}).items())
    version = group.get("ProtocolVersion", "HTTP1")
    return f"{before}<Matcher>{matcher}</Matcher><ProtocolVersion>{version}</ProtocolVersion>{after}"


def _actions(props: Props, balancer: str, prop: str = "DefaultActions") -> list[dict[str, Any]]:
    """The actions with all target groups of a forward and their weights."""
    found: list[dict[str, Any]] = _plain_actions(props, balancer, prop)
    for action, given in zip(found, props.get(prop) or [], strict=False):
        groups = (given.get("ForwardConfig") or {}).get("TargetGroups")
        if groups:
            action.pop("TargetGroupArn", None)
            action["ForwardGroups"] = [(each["TargetGroupArn"], int(each.get("Weight", 1))) for each in groups]
    return found


def _action_xml(action: Mapping[str, Any]) -> str:
    text = str(_plain_action_xml(action))
    groups = action.get("ForwardGroups")
    if not groups:
        return text
    members = "".join(
        f"<member><TargetGroupArn>{arn}</TargetGroupArn><Weight>{weight}</Weight></member>" for arn, weight in groups
    )
    forward = f"<ForwardConfig><TargetGroups>{members}</TargetGroups></ForwardConfig>"
    return text.replace("</member>", f"{forward}</member>")


_plain_target_group_xml = alb._tg_xml
_plain_action_xml = alb._action_xml
_plain_actions = provisioners._elbv2_listener_actions


def register() -> None:
    """Keep them, and let the API tell them."""
    keep_after("AWS::ElasticLoadBalancingV2::TargetGroup", keep_target_group, name_target_group)
    alb._tg_xml = _target_group_xml
    alb._action_xml = _action_xml
    provisioners._elbv2_listener_actions = _actions
