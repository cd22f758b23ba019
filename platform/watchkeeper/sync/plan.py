"""Desired and actual to a Plan: a plain value that can be printed, compared, refused or applied."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from watchkeeper.errors import PlanRefused
from watchkeeper.project.identity import Identity, Ref, RefText
from watchkeeper.sync.kind import Body, Desired, Kind

Action = Literal["create", "update", "replace", "delete", "adopt", "conflict"]

IdOf = Mapping[Ref, str]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One managed field that differs. before: as it is there. after: as it is declared."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to do.

    create: declared, not there. update: differs in `fields`. replace: differs in a field that cannot be updated.
    delete: managed, not declared any more. adopt: there under a former identity. conflict: there more than once
    (`remote_ids`, the oldest first), so it is left alone.
    """

    action: Action
    kind: str
    identity: Identity
    title: str
    desired: Desired | None = None
    remote_ids: tuple[str, ...] = ()
    fields: tuple[FieldChange, ...] = ()

    @property
    def remote_id(self) -> str:
        """The id of the remote object; empty for a create."""
        return self.remote_ids[0] if self.remote_ids else ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that would be done, in the order of the kinds, and what would stay.

    orphans: managed objects that are not declared and stay because nobody asked to prune.
    ids: remote ids of the declared objects that exist. managed: how many objects are there that are ours.
    """

    env: str
    changes: tuple[Change, ...]
    unchanged: int
    orphans: tuple[Change, ...] = ()
    ids: Mapping[Ref, str] = field(default_factory=dict)
    managed: int = 0
    requests: int = 0
    target: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be written."""
        return not self.changes

    @property
    def digest(self) -> str:
        """Four hex digits that name this plan; equal plans have equal names."""
        text = json.dumps([_summary(change) for change in self.changes], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:4]

    def of(self, *actions: Action) -> list[Change]:
        """The changes of some sorts."""
        return [change for change in self.changes if change.action in actions]


def _summary(change: Change) -> list[Any]:
    fields = [[item.name, item.before, item.after] for item in change.fields]
    return [change.action, change.kind, str(change.identity), list(change.remote_ids), fields]


def plan_sync(
    kinds: Sequence[Kind],
    desired: Iterable[Desired],
    actual: Mapping[str, Sequence[Body]],
    *,
    env: str,
    is_ours: Callable[[Identity], bool],
    prune: bool = False,
) -> Plan:
    """Compare by identity; same input, same plan. Does no I/O and reads no clock.

    kinds: in the order in which they are created. actual: remote bodies by the name of their kind.
    is_ours: whether an identity belongs to what is synced now (project and environment); others are not looked at.
    """
    wanted: dict[str, list[Desired]] = defaultdict(list)
    for item in desired:
        wanted[item.kind].append(item)
    ids = dict(_known_ids(kinds, actual, is_ours))
    parts = [_Part(kind, wanted.get(kind.name, []), actual.get(kind.name, []), is_ours) for kind in kinds]
    for part in parts:
        ids.update({Ref(part.kind.name, item.identity): part.kind.remote_id(remote) for item, remote in part.adopted})
    found = [part.changes(ids) for part in parts]
    replaced = [Ref(each.kind, each.identity) for part, _ in found for each in part if each.action == "replace"]
    if replaced:  # their ids will be others, so whoever names them, of whatever kind, has to be told
        ids = {ref: remote_id for ref, remote_id in ids.items() if ref not in replaced}
        found = [part.changes(ids) for part in parts]
    changes = [change for part, _ in found for change in part]
    unchanged = sum(same for _, same in found)
    orphans = [orphan for part in parts for orphan in part.orphans()]
    deletes = tuple(reversed(orphans)) if prune else ()
    managed = sum(len(bodies) for part in parts for bodies in part.remote.values())
    return Plan(env, (*changes, *deletes), unchanged, () if prune else tuple(orphans), ids, managed)


def _known_ids(
    kinds: Sequence[Kind], actual: Mapping[str, Sequence[Body]], is_ours: Callable[[Identity], bool]
) -> Iterable[tuple[Ref, str]]:
    for kind in kinds:
        for body in reversed(actual.get(kind.name, [])):
            identity = kind.identify(body)
            if identity and is_ours(identity):
                yield Ref(kind.name, identity), kind.remote_id(body)


class _Part:
    """The comparison of one kind."""

    def __init__(
        self, kind: Kind, desired: Sequence[Desired], actual: Sequence[Body], is_ours: Callable[[Identity], bool]
    ) -> None:
        self.kind = kind
        self.desired = desired
        self.remote: dict[Identity, list[Body]] = defaultdict(list)
        for body in actual:
            identity = kind.identify(body)
            if identity and is_ours(identity):
                self.remote[identity].append(body)
        declared = {item.identity for item in desired}
        self.unclaimed = {identity: bodies for identity, bodies in self.remote.items() if identity not in declared}
        self.adopted = list(self._adoptions())
        taken = {id(body) for _, body in self.adopted}
        self.unclaimed = {
            identity: rest
            for identity, bodies in self.unclaimed.items()
            if (rest := [body for body in bodies if id(body) not in taken])
        }

    def _adoptions(self) -> Iterable[tuple[Desired, Body]]:
        """Orphans that are a declared object under a former name: said by moved_from, else by the same title."""
        free = {identity: bodies[0] for identity, bodies in self.unclaimed.items() if len(bodies) == 1}
        for item in self.desired:
            if item.identity in self.remote:
                continue
            former = next((identity for identity in item.moved_from if identity in free), None)
            if former is None and self.kind.is_adoptable:
                title = self.kind.title(item.body)
                same = [
                    identity
                    for identity, body in free.items()
                    if self.kind.title(body) == title and identity.service == item.identity.service
                ]
                former = same[0] if len(same) == 1 else None
            if former is not None:
                yield item, free.pop(former)

    def changes(self, ids: IdOf) -> tuple[list[Change], int]:
        """What to do for the declared objects, and how many need nothing."""
        found: list[Change] = []
        unchanged = 0
        adopted = {item.identity: body for item, body in self.adopted}
        for item in self.desired:
            bodies = self.remote.get(item.identity, [])
            if len(bodies) > 1:
                remote_ids = tuple(self.kind.remote_id(body) for body in bodies)
                found.append(self._change("conflict", item, remote_ids))
            elif bodies or item.identity in adopted:
                body = bodies[0] if bodies else adopted[item.identity]
                fields = differences(self.kind, item.body, body, ids)
                action = self._action(fields, is_adopted=not bodies)
                if action is None:
                    unchanged += 1
                else:
                    found.append(self._change(action, item, (self.kind.remote_id(body),), fields))
            else:
                found.append(self._change("create", item))
        return found, unchanged

    def _action(self, fields: Sequence[FieldChange], *, is_adopted: bool) -> Action | None:
        if any(change.name in self.kind.replaces_on for change in fields):
            return "replace"
        if is_adopted:
            return "adopt"
        return "update" if fields else None

    def _change(
        self, action: Action, item: Desired, remote_ids: tuple[str, ...] = (), fields: tuple[FieldChange, ...] = ()
    ) -> Change:
        title = self.kind.title(item.body)
        return Change(action, self.kind.name, item.identity, title, item, remote_ids, fields)

    def orphans(self) -> list[Change]:
        """Managed objects that nobody declares any more. A clone is never deleted on behalf of its original."""
        return [
            Change("delete", self.kind.name, identity, self.kind.title(body), None, (self.kind.remote_id(body),))
            for identity, bodies in self.unclaimed.items()
            for body in bodies
        ]


def differences(kind: Kind, declared: Body, remote: Body, ids: IdOf) -> tuple[FieldChange, ...]:
    """The managed fields in which two bodies differ, options field by field."""
    after = kind.normalise(resolve(declared, ids))
    before = kind.normalise(remote)
    if after == before:
        return ()
    names = sorted({*after, *before})
    return tuple(
        FieldChange(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    )


def resolve(value: Any, ids: IdOf) -> Any:  # noqa: ANN401 - a JSON value
    """A body in which every reference whose id is known is that id, inside of a text too."""
    if isinstance(value, Ref):
        return ids.get(value, value)
    if isinstance(value, RefText):
        text = RefText(tuple(resolve(part, ids) for part in value.parts))
        return text if any(isinstance(part, Ref) for part in text.parts) else str(text)
    if isinstance(value, Mapping):
        return {key: resolve(item, ids) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [resolve(item, ids) for item in value]
    return value


def references(value: object) -> list[Ref]:
    """Every reference in a body, those inside of a text too."""
    if isinstance(value, Ref):
        return [value]
    if isinstance(value, RefText):
        return [part for part in value.parts if isinstance(part, Ref)]
    if isinstance(value, Mapping):
        return [ref for item in value.values() for ref in references(item)]
    if isinstance(value, list | tuple):
        return [ref for item in value for ref in references(item)]
    return []


def refuse_dangerous(plan: Plan, *, max_deletes: int) -> None:
    """Raise PlanRefused for a plan that looks like an accident: most of what is managed would go."""
    deletes = len(plan.of("delete", "replace"))
    if deletes > max_deletes:
        what = f"the plan deletes {deletes} of {plan.managed} managed objects in {plan.env}, more than {max_deletes}"
        raise PlanRefused(what, f"if this is meant, say --max-deletes {deletes}")
