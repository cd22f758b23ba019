"""How a type is added to the emulator's CloudFormation."""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.services.cloudformation import provisioners

Props = Mapping[str, Any]
Made = tuple[str, dict[str, Any]]
Create = Callable[[str, Props, str], Made]
Delete = Callable[[str, Props], object]


def add_type(name: str, create: Create, delete: Delete) -> None:
    """Add a type of which every change is a replacement: the new one is made, then the old one goes."""

    def update(physical_id: str, before: Props, after: Props, stack: str, logical_id: str) -> Made:
        # The old one first: an entry or an association may exist once only.
        delete(physical_id, before)
        return create(logical_id, after, stack)

    provisioners._RESOURCE_HANDLERS[name] = {
        "create": create,
        "update": update,
        "update_with_logical_id": True,
        "delete": delete,
    }


def keep_after(
    name: str, keep: Callable[[str, Props], None], tell: Callable[[str, dict[str, Any]], None] | None = None
) -> None:
    """Let `keep` add to what the emulator stored of a type, after it was created and after it was updated.

    keep: gets the physical id and the template's properties. tell: gets the physical id and the attributes to mend.
    """
    handler = provisioners._RESOURCE_HANDLERS[name]
    create, update = handler["create"], handler["update"]

    def created(logical_id: str, props: Props, stack: str) -> Made:
        made: Made = create(logical_id, props, stack)
        keep(made[0], props)
        if tell is not None:
            tell(*made)
        return made

    def updated(physical_id: str, before: Props, after: Props, *rest: Any) -> Made:  # noqa: ANN401 - stack, and the id
        made: Made = update(physical_id, before, after, *rest)
        keep(made[0], after)
        if tell is not None:
            tell(*made)
        return made

    handler["create"] = created
    handler["update"] = updated


def is_true(value: object) -> bool:
    """A template's truth, which may be a text."""
    return str(value).lower() == "true"


def as_mapping(tags: Any) -> dict[str, str]:  # noqa: ANN401 - a mapping, or a list of Key and Value
    """Tags as a mapping."""
    if isinstance(tags, Mapping):
        return {str(key): str(value) for key, value in tags.items()}
    return {str(tag["Key"]): str(tag.get("Value", "")) for tag in tags or []}
