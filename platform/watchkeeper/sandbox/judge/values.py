"""A template's values as they stand after a deploy, and how they are compared with what an API tells. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

UNKNOWN: Final = object()
"""A value that only the deployed resource knows, such as a generated name."""

GetAttribute = Callable[[str, str], Any]


class Resolver:
    """Resolves the intrinsic functions of one stack.

    physical: by logical id. exports: of the whole account and region. attribute: of a logical id by name, UNKNOWN
    where it cannot be told. pseudo: `AWS::AccountId` and its like.
    """

    def __init__(
        self,
        physical: Mapping[str, str],
        exports: Mapping[str, str],
        attribute: GetAttribute,
        pseudo: Mapping[str, str],
    ) -> None:
        self._names = {**pseudo, **physical}
        self._exports = exports
        self._attribute = attribute

    def value(self, given: Any) -> Any:  # noqa: ANN401 - a template's JSON
        """The value, with UNKNOWN for every leaf that cannot be told."""
        if isinstance(given, list):
            return [self.value(each) for each in given]
        if not isinstance(given, Mapping):
            return given
        if len(given) == 1:
            ((name, argument),) = given.items()
            if name == "Ref":
                return self._names.get(argument, UNKNOWN)
            if name == "Fn::ImportValue":
                return self._exports.get(self.value(argument), UNKNOWN)
            if name == "Fn::GetAtt":
                logical_id, attribute = argument if isinstance(argument, list) else argument.split(".", 1)
                return self._attribute(logical_id, attribute)
            if name == "Fn::Join":
                return self._joined(argument[0], self.value(argument[1]))
            if name == "Fn::Sub":
                return self._substituted(argument)
            if name == "Fn::Split":
                return self._split(argument[0], self.value(argument[1]))
            if name == "Fn::Select":
                return self._selected(int(self.value(argument[0])), self.value(argument[1]))
        return {name: self.value(each) for name, each in given.items()}

    def _joined(self, separator: str, parts: Any) -> Any:  # noqa: ANN401 - a template's JSON
        return UNKNOWN if parts is UNKNOWN or UNKNOWN in parts else separator.join(str(part) for part in parts)

    def _split(self, separator: str, text: Any) -> Any:  # noqa: ANN401 - a template's JSON
        return UNKNOWN if text is UNKNOWN else str(text).split(separator)

    def _selected(self, index: int, items: Any) -> Any:  # noqa: ANN401 - a template's JSON
        return items[index] if isinstance(items, list) and index < len(items) else UNKNOWN

    def _substituted(self, argument: Any) -> Any:  # noqa: ANN401 - a template's JSON
        if not isinstance(argument, str):
            return UNKNOWN
        for name, value in self._names.items():
            argument = argument.replace(f"${{{name}}}", value)
        return UNKNOWN if "${" in argument else argument


def canonical(value: Any) -> Any:  # noqa: ANN401 - JSON
    """One form for what CloudFormation and the services' APIs spell differently: case of keys, numbers, truths."""
    if isinstance(value, Mapping):
        return {str(name).lower(): canonical(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [canonical(each) for each in value]
    if value is UNKNOWN or value is None:
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:g}" if abs(value) < 1e6 else str(int(value))  # noqa: PLR2004 - where %g begins to round
    return str(value)


def is_told(wanted: Any, told: Any) -> bool:  # noqa: ANN401 - canonical JSON
    """Whether everything that is wanted is in what was told; an API may tell more. The order of lists means nothing."""
    if wanted is UNKNOWN:
        return told not in (None, "", [])
    if isinstance(wanted, Mapping):
        return isinstance(told, Mapping) and all(is_told(each, told.get(name)) for name, each in wanted.items())
    if isinstance(wanted, Sequence) and not isinstance(wanted, str):
        if not isinstance(told, Sequence) or isinstance(told, str):
            return False
        return all(any(is_told(each, other) for other in told) for each in wanted)
    return bool(wanted == told)
