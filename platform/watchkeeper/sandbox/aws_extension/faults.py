"""Resources that CloudFormation is refused, as an AWS account would refuse them: `refuse:TYPE` or `refuse:TYPE:PREFIX`.

PREFIX: of the logical id. Each fault strikes once, so that the rollback that follows succeeds.
"""

from collections.abc import Callable
from typing import Any

from ministack.services.cloudformation import stacks

from .http_delivery import FAULTS

_REASON = "Resource handler returned message: refused by the sandbox (HandlerErrorCode: GeneralServiceException)"


def _strikes(kind: str, logical_id: str) -> bool:
    for fault in list(FAULTS):
        verb, _, rest = fault.partition(":")
        refused, _, prefix = rest.rpartition(":") if rest.count(":") > 4 else (rest, "", "")  # noqa: PLR2004 - A::B::C
        if verb == "refuse" and refused == kind and logical_id.startswith(prefix):
            FAULTS.discard(fault)
            return True
    return False


def _guarded(plain: Callable[..., Any], place: int) -> Callable[..., Any]:
    """place: of the logical id among the arguments."""

    def carry_out(kind: str, *rest: Any) -> Any:  # noqa: ANN401 - the emulator's shape
        logical_id = str(rest[place]) if len(rest) > place else ""
        is_changed = place == 0 or rest[1] != rest[2]
        if is_changed and _strikes(kind, logical_id):
            raise ValueError(_REASON)
        return plain(kind, *rest)

    return carry_out


def register() -> None:
    """Stand before creation and update."""
    stacks._provision_resource = _guarded(stacks._provision_resource, 0)
    stacks._update_resource = _guarded(stacks._update_resource, 4)
