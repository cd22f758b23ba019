"""The order in which a plan is written."""

from watchkeeper.errors import Location
from watchkeeper.project.identity import Identity, Ref, RefText
from watchkeeper.sync.kind import Desired
from watchkeeper.sync.order import batches
from watchkeeper.sync.plan import Action, Change, resolve


def ref(kind: str, name: str) -> Ref:
    return Ref(kind, Identity("p", "prod", "", name))


def change(kind: str, name: str, *named: Ref, action: Action = "create") -> Change:
    identity = Identity("p", "prod", "", name)
    desired = Desired(kind, identity, {"names": list(named)}, Location("f.yaml")) if action != "delete" else None
    return Change(action, kind, identity, name, desired)


def order(*changes: Change) -> list[list[str]]:
    return [[each.identity.id for each in batch] for batch in batches(changes)]


def test_without_references_the_kinds_follow_each_other() -> None:
    """And all objects of a kind are written side by side."""
    assert order(change("a", "1"), change("a", "2"), change("b", "3")) == [["1", "2"], ["3"]]


def test_what_names_a_later_kind_waits_for_it() -> None:
    """An objective made of monitors, and the alert on it."""
    objective = change("slo", "made-of", ref("monitor", "m"))
    alert = change("monitor", "alert", ref("slo", "made-of"))

    assert order(objective, change("slo", "plain"), change("monitor", "m"), alert) == [
        ["plain"],
        ["m"],
        ["made-of"],
        ["alert"],
    ]


def test_what_names_its_own_kind_is_written_after_it() -> None:
    """Not side by side with it."""
    assert order(change("a", "user", ref("a", "used")), change("a", "used")) == [["used"], ["user"]]


def test_what_is_there_already_is_not_waited_for() -> None:
    """Its id is known, or its write fails and says so."""
    assert order(change("a", "1", ref("b", "there")), change("b", "2", action="update")) == [["1"], ["2"]]


def test_changes_that_name_each_other_are_not_waited_for() -> None:
    """The first of the plan goes first."""
    assert order(change("a", "1", ref("b", "2")), change("b", "2", ref("a", "1"))) == [["1"], ["2"]]


def test_deletes_come_last() -> None:
    """Also after what had to wait."""
    late = change("slo", "late", ref("monitor", "m"))

    assert order(late, change("monitor", "m"), change("monitor", "gone", action="delete")) == [
        ["m"],
        ["late"],
        ["gone"],
    ]


def test_a_reference_inside_of_a_text_becomes_the_id_in_it() -> None:
    """Until then it is shown by its name."""
    text = RefText(('burn_rate("', ref("slo", "answered"), '") > 2'))

    assert str(text) == 'burn_rate("(slo answered)") > 2'
    assert resolve({"query": text}, {ref("slo", "answered"): "abc"}) == {"query": 'burn_rate("abc") > 2'}
    assert resolve({"query": text}, {}) == {"query": text}
