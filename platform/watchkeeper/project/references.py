"""References to declared objects: `<< monitor('api/edge-5xx') >>` renders to `${monitor:api/edge-5xx}`.

The placeholder stays in everything that is done offline; what is synced carries the remote id in its place.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from watchkeeper.project.identity import Identity, Ref, RefText

KINDS: Final = ("monitor", "slo")
"""The kinds of objects that can be referred to; where templates may do so, each is the name of a function too."""

_NAME: Final = r"[a-z0-9][a-z0-9-]*(?:/[a-z0-9][a-z0-9-]*)?"
_PLACEHOLDER: Final = re.compile(rf"\$\{{(?P<kind>{'|'.join(KINDS)}):(?P<name>{_NAME})\}}")


@dataclass(frozen=True, slots=True)
class Reference:
    """A placeholder in a text. name: `service/id`, or `id` alone. at, end: offsets of the placeholder."""

    kind: str
    name: str
    at: int
    end: int


def reference_text(kind: str, name: object) -> str:
    """What `<< monitor('api/edge-5xx') >>` renders to. Raises ValueError for what cannot be an id."""
    if not isinstance(name, str) or not re.fullmatch(_NAME, name):
        raise ValueError(f"{kind}({name!r}): write the id of a declared {kind}, 'id' or 'service/id'")
    return f"${{{kind}:{name}}}"


def references_in(text: str) -> Iterator[Reference]:
    """Every placeholder of a text, in order."""
    for match in _PLACEHOLDER.finditer(text):
        yield Reference(match["kind"], match["name"], match.start(), match.end())


def replace_references(text: str, spell: Callable[[Reference], str]) -> str:
    """The text with every placeholder replaced by what `spell` gives for it."""
    parts: list[str] = []
    end = 0
    for reference in references_in(text):
        parts += (text[end : reference.at], spell(reference))
        end = reference.end
    return "".join((*parts, text[end:]))


def candidates(reference: Reference, beside: Identity) -> tuple[Identity, ...]:
    """Whom a reference can mean, the nearest first: an id alone is of the same service, else of the environment."""
    service, _, name = reference.name.rpartition("/")
    services = (service,) if service else dict.fromkeys((beside.service, ""))
    return tuple(Identity(beside.project, beside.env, each, name) for each in services)


def link(body: Any, project: str, env: str) -> Any:  # noqa: ANN401 - a JSON value
    """A body in which every placeholder is a reference that sync resolves; names say their service where they have one.

    A text that is nothing but a placeholder becomes the reference itself.
    """
    if isinstance(body, str):
        return _linked(body, project, env)
    if isinstance(body, Mapping):
        return {key: link(value, project, env) for key, value in body.items()}
    if isinstance(body, list | tuple):
        return [link(value, project, env) for value in body]
    return body


def _linked(text: str, project: str, env: str) -> str | RefText | Ref:
    parts: list[str | Ref] = []
    end = 0
    for reference in references_in(text):
        service, _, name = reference.name.rpartition("/")
        parts += [text[end : reference.at]] if reference.at > end else []
        parts.append(Ref(reference.kind, Identity(project, env, service, name)))
        end = reference.end
    if not parts:
        return text
    if end == len(text) and len(parts) == 1 and isinstance(parts[0], Ref):
        return parts[0]
    return RefText((*parts, text[end:]) if end < len(text) else tuple(parts))
