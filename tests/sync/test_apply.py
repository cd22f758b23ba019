"""Plans carried out: order, failures, lost answers, interrupts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.sync.test_plan import BOX, LID, desired, me, remote
from watchkeeper.errors import RemoteError
from watchkeeper.project.identity import Ref
from watchkeeper.sync.apply import Receipt, apply_plan
from watchkeeper.sync.kind import Body, Desired
from watchkeeper.sync.plan import plan_sync


@dataclass
class Shelf:
    """A store in memory, with a list of what was asked of it and of the faults to come."""

    bodies: dict[str, Body] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    faults: list[tuple[str, bool]] = field(default_factory=list)
    """What the next writes meet: an error's name, and whether the write is carried out all the same."""
    refused_deletes: str = ""
    """Why every delete is refused."""

    def list(self) -> Sequence[Body]:
        self.calls.append("list")
        return list(self.bodies.values())

    def _fault(self, is_committed: bool) -> None:
        if self.faults and self.faults[0][1] == is_committed:
            name, _ = self.faults.pop(0)
            if name == "interrupt":
                raise KeyboardInterrupt
            raise RemoteError(name, host="shelf", is_ambiguous=name == "lost")

    def create(self, body: Body) -> Body:
        self.calls.append(f"create {body['name']}")
        self._fault(is_committed=False)
        made = {**body, "id": len(self.bodies) + 1}
        self.bodies[str(made["id"])] = made
        self._fault(is_committed=True)
        return made

    def update(self, remote_id: str, body: Body) -> Body:
        self.calls.append(f"update {remote_id}")
        self._fault(is_committed=False)
        self.bodies[remote_id] = {**body, "id": remote_id}
        return self.bodies[remote_id]

    def delete(self, remote_id: str) -> None:
        self.calls.append(f"delete {remote_id}")
        self._fault(is_committed=False)
        if self.refused_deletes:
            raise RemoteError(self.refused_deletes, host="shelf")
        del self.bodies[remote_id]


def run(wanted: list[Desired], boxes: Shelf, lids: Shelf | None = None, *, prune: bool = False) -> Receipt:
    lids = lids or Shelf()
    actual = {"box": list(boxes.bodies.values()), "lid": list(lids.bodies.values())}
    plan = plan_sync([LID, BOX], wanted, actual, env="prod", is_ours=lambda _: True, prune=prune)
    return apply_plan(plan, {"box": BOX, "lid": LID}, {"box": boxes, "lid": lids}, workers=1)


def box(name: str, **body: Any) -> Desired:
    return desired(name, **body)


def test_a_receipt_counts_what_was_done() -> None:
    """The last line of a write names counts, environment, plan and seconds."""
    shelf = Shelf({"1": remote(1, "a", size=1), "2": remote(2, "z")})

    receipt = run([box("a", size=2), box("b")], shelf, prune=True)

    assert receipt.line.startswith("1 created, 1 updated, 1 deleted in prod (plan ")
    assert sorted(str(body["name"]) for body in shelf.bodies.values()) == ["A", "B"]


def test_references_become_the_ids_of_what_was_just_made() -> None:
    """Kinds are written in their order, so that a box can name the lid that this run created."""
    shelf = Shelf()

    run([box("a", lid=Ref("lid", me("l"))), desired("l", kind_name="lid")], shelf, Shelf({"9": {"id": 9, "text": ""}}))

    assert shelf.bodies["1"]["lid"] == "2"


def test_a_lost_answer_is_looked_up_before_the_create_is_repeated() -> None:
    """The server had made it: it is found by its identity, and nothing is made twice."""
    shelf = Shelf(faults=[("lost", True)])

    receipt = run([box("a")], shelf)

    assert (len(shelf.bodies), len(receipt.created)) == (1, 1)
    assert shelf.calls == ["create A", "list"]


def test_a_lost_request_is_repeated_after_the_look() -> None:
    """The server had not made it: the look finds nothing, the create is sent again."""
    shelf = Shelf(faults=[("lost", False)])

    receipt = run([box("a")], shelf)

    assert (len(receipt.created), shelf.calls) == (1, ["create A", "list", "create A"])


def test_one_failure_does_not_stop_the_others_but_its_dependents() -> None:
    """A refused lid fails, the box that needs it is not tried, the other box is made."""
    lids = Shelf(faults=[("refused", False)])
    shelf = Shelf()

    receipt = run([desired("l", kind_name="lid"), box("a", lid=Ref("lid", me("l"))), box("b")], shelf, lids)

    assert [(failure.identity.id, failure.reason) for failure in receipt.failed] == [
        ("a", "not tried, because (lid l) could not be written"),
        ("l", "refused"),
    ]
    assert [str(body["name"]) for body in shelf.bodies.values()] == ["B"]


def test_an_interrupt_gives_a_receipt_of_what_was_done() -> None:
    """Ctrl-C never leaves the user without knowing what was written."""
    shelf = Shelf(faults=[("interrupt", True)])

    receipt = run([box("a"), box("b"), box("c")], shelf)

    assert receipt.is_interrupted
    assert receipt.line.startswith("interrupted: ")
    assert len(receipt.created) + len(receipt.not_done) == 3
    assert receipt.not_done


def test_a_second_run_writes_nothing() -> None:
    """After a sync the repository and the remote side are equal."""
    shelf = Shelf()
    run([box("a", size=1), box("b")], shelf)
    shelf.calls.clear()

    receipt = run([box("a", size=1), box("b")], shelf)

    assert (shelf.calls, receipt.plan.unchanged) == ([], 2)


def test_a_refused_delete_is_tried_again_after_the_others() -> None:
    """What needed the object may be gone by then; a delete that is refused twice is a failure."""
    boxes = Shelf({"1": remote(1, "a"), "2": remote(2, "b")}, faults=[("needed by the other", False)])
    once = run([], boxes, prune=True)

    assert (len(once.deleted), once.failed) == (2, ())
    assert boxes.calls == ["delete 2", "delete 1", "delete 2"]

    lids = Shelf({"1": remote(1, "c")}, faults=[("in use", False), ("in use", False)])
    twice = run([], Shelf({"1": remote(1, "a")}), lids, prune=True)
    assert [failure.reason for failure in twice.failed] == ["in use"]


def test_what_is_replaced_stays_until_its_successor_is_known_to_whoever_names_it() -> None:
    """A monitor whose type changes watches until the new one does, and a composite of it never names nothing."""
    lids = Shelf({"1": remote(1, "l", type="old")})
    boxes = Shelf({"1": remote(1, "a", lid="1")})
    log: list[str] = []
    lids.calls = boxes.calls = log

    receipt = run([desired("l", kind_name="lid", type="new"), box("a", lid=Ref("lid", me("l")))], boxes, lids)

    assert log == ["create L", "update 1", "delete 1"]
    assert (receipt.failed, len(receipt.updated)) == ((), 2)
    assert (list(lids.bodies), boxes.bodies["1"]["lid"]) == (["2"], "2")


def test_a_successor_that_cannot_be_made_leaves_what_was_there() -> None:
    """Nothing is deleted for something that does not come."""
    shelf = Shelf({"1": remote(1, "a", type="old")}, faults=[("refused", False)])

    receipt = run([box("a", type="new")], shelf)

    assert ([failure.reason for failure in receipt.failed], list(shelf.bodies)) == (["refused"], ["1"])


def test_a_former_object_that_is_in_use_elsewhere_is_named() -> None:
    """Both are there then, and the next plan shows the pair as a conflict."""
    shelf = Shelf({"1": remote(1, "a", type="old")})
    shelf.refused_deletes = "needed by Z"

    receipt = run([box("a", type="new")], shelf)

    assert [failure.reason for failure in receipt.failed] == [
        "made anew as 2, but the former one, 1, could not be deleted: needed by Z"
    ]
    assert [change.action for change in run([box("a", type="new")], shelf).plan.changes] == ["conflict"]


def test_the_lost_answer_of_a_replacement_is_not_found_in_what_it_replaces() -> None:
    """Both have the same identity; the look goes past the former one."""
    shelf = Shelf({"1": remote(1, "a", type="old")}, faults=[("lost", False)])

    receipt = run([box("a", type="new")], shelf)

    assert shelf.calls == ["create A", "list", "create A", "delete 1"]
    assert (receipt.failed, [body["type"] for body in shelf.bodies.values()]) == ((), ["new"])


def test_an_interrupt_between_the_two_leaves_one_of_them() -> None:
    """Else both would page."""
    boxes = Shelf({"1": remote(1, "a", lid="1")}, faults=[("interrupt", False)])
    lids = Shelf({"1": remote(1, "l", type="old")})

    receipt = run([desired("l", kind_name="lid", type="new"), box("a", lid=Ref("lid", me("l")))], boxes, lids)

    assert receipt.is_interrupted
    assert list(lids.bodies) == ["2"]
