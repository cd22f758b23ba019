"""Plans: desired and actual in, a value out."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.errors import Location, PlanRefused
from watchkeeper.project.identity import Identity, Ref, identity_in_text, with_marker
from watchkeeper.sync.kind import Body, Desired, Kind
from watchkeeper.sync.plan import Plan, plan_sync, refuse_dangerous


def kind(name: str, *, is_adoptable: bool = True) -> Kind:
    return Kind(
        name=name,
        identify=lambda body: identity_in_text(body.get("text")),
        remote_id=lambda body: str(body["id"]),
        normalise=lambda body: {key: value for key, value in body.items() if key not in ("id", "text", "server")},
        title=lambda body: str(body.get("name", "")),
        replaces_on=frozenset({"type"}),
        is_adoptable=is_adoptable,
    )


BOX, LID = kind("box"), kind("lid")


def me(name: str, env: str = "prod") -> Identity:
    return Identity("demo", env, "", name)


def desired(name: str, /, moved_from: tuple[str, ...] = (), kind_name: str = "box", **body: Any) -> Desired:
    identity = me(name)
    body = {"name": name.upper(), "text": with_marker("", identity), **body}
    return Desired(kind_name, identity, body, Location("x.yaml"), tuple(me(former) for former in moved_from))


def remote(number: int, name: str, env: str = "prod", **body: Any) -> Body:
    return {"id": number, "name": name.upper(), "text": with_marker("", me(name, env)), "server": "made up", **body}


def plan(wanted: list[Desired], boxes: list[Body], lids: list[Body] | None = None, *, prune: bool = False) -> Plan:
    actual: Mapping[str, list[Body]] = {"lid": lids or [], "box": boxes}
    return plan_sync(
        [LID, BOX], wanted, actual, env="prod", is_ours=lambda identity: identity.env == "prod", prune=prune
    )


def test_equal_objects_need_nothing() -> None:
    """What the server added to an object is not looked at."""
    result = plan([desired("a", size=1)], [remote(1, "a", size=1)])

    assert (result.is_empty, result.unchanged) == (True, 1)


def test_a_plan_says_what_differs_field_by_field() -> None:
    """Before is what is there, after is what the repository says."""
    result = plan([desired("a", size=1)], [remote(1, "a", size=2, colour="red")])

    (change,) = result.changes
    assert (change.action, change.remote_id) == ("update", "1")
    assert [(field.name, field.before, field.after) for field in change.fields] == [
        ("colour", "red", None),
        ("size", 2, 1),
    ]


def test_orphans_stay_unless_prune_is_asked_for() -> None:
    """`--prune` is never the default."""
    kept, pruned = plan([], [remote(1, "a")]), plan([], [remote(1, "a")], prune=True)

    assert (kept.is_empty, [change.title for change in kept.orphans]) == (True, ["A"])
    assert [(change.action, change.remote_id) for change in pruned.changes] == [("delete", "1")]


def test_objects_of_other_environments_are_never_touched() -> None:
    """Three environments may live in one organisation."""
    result = plan([], [remote(1, "a", env="stage")], prune=True)

    assert (result.changes, result.orphans) == ((), ())


def test_a_clone_is_a_conflict_and_never_a_delete() -> None:
    """Cloning in the web interface copies the identity; which of the two is meant, only a person can say."""
    result = plan([desired("a")], [remote(1, "a"), remote(2, "a")], prune=True)

    assert [(change.action, change.remote_ids) for change in result.changes] == [("conflict", ("1", "2"))]


def test_moved_from_keeps_the_object_and_its_history() -> None:
    """A declared rename adopts the old object instead of making a second one."""
    result = plan([desired("b", moved_from=("a",))], [remote(1, "a")], prune=True)

    assert [(change.action, change.remote_id) for change in result.changes] == [("adopt", "1")]


def test_an_orphan_with_the_same_title_is_adopted() -> None:
    """An undeclared rename of the id alone is recognised by the title."""
    result = plan([desired("b", name="A")], [remote(1, "a")], prune=True)

    assert [(change.action, change.remote_id) for change in result.changes] == [("adopt", "1")]


def test_a_change_that_the_service_refuses_becomes_a_replace() -> None:
    """It is shown as its own verb, because the history of the object is lost."""
    result = plan([desired("a", type="new")], [remote(1, "a", type="old")])

    assert [change.action for change in result.changes] == ["replace"]


def test_references_are_compared_by_the_id_they_stand_for() -> None:
    """A box that names its lid is unchanged when the remote box holds that lid's id."""
    lid = desired("l", kind_name="lid")
    box = desired("a", lid=Ref("lid", me("l")))

    assert plan([lid, box], [remote(1, "a", lid="7")], [remote(7, "l")]).is_empty
    (change,) = plan([lid, box], [remote(1, "a", lid="8")], [remote(7, "l")]).changes
    assert [(field.before, field.after) for field in change.fields] == [("8", "7")]


def test_equal_plans_have_equal_names() -> None:
    """The four digits of a plan let two people talk about the same one."""
    first, second = plan([desired("a")], []), plan([desired("a")], [])

    assert first.digest == second.digest != plan([desired("b")], []).digest


def test_a_plan_that_would_delete_nearly_everything_is_refused() -> None:
    """An empty folder must not empty an account."""
    result = plan([], [remote(number, f"m{number}") for number in range(30)], prune=True)

    with pytest.raises(PlanRefused, match="deletes 30 of 30 managed objects in prod, more than 10"):
        refuse_dangerous(result, max_deletes=10)


@given(
    wanted=st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 2)),
    present=st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 2)),
    prune=st.booleans(),
)
def test_a_plan_carried_out_leaves_nothing_to_plan(
    wanted: dict[str, int], present: dict[str, int], prune: bool
) -> None:
    """`apply(plan)` and then `plan` is empty."""
    declared = [desired(name, size=size) for name, size in wanted.items()]
    world = {number: remote(number, name, size=size) for number, (name, size) in enumerate(present.items())}

    for number, change in enumerate(plan(declared, list(world.values()), prune=prune).changes, start=100):
        if change.action == "delete":
            del world[int(change.remote_id)]
        else:
            assert change.desired
            key = int(change.remote_id) if change.remote_id else number
            world[key] = {**change.desired.body, "id": key}

    assert plan(declared, list(world.values()), prune=prune).is_empty


def test_who_names_a_replaced_object_is_updated_with_it() -> None:
    """It will have another id; until then the reference is shown by its name."""
    reference = Ref("lid", me("l"))
    wanted = [desired("l", kind_name="lid", type="new"), desired("b", lid=reference)]

    result = plan(wanted, [remote(1, "b", lid="7")], [remote(7, "l", type="old")])

    assert [(change.action, change.kind) for change in result.changes] == [("replace", "lid"), ("update", "box")]
    assert [(field.before, field.after) for field in result.changes[1].fields] == [("7", reference)]
