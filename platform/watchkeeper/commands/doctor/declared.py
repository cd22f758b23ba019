"""What the declarations still say of nobody's account."""

from collections.abc import Iterator

from watchkeeper.commands.doctor.check import Check, State, of_problem
from watchkeeper.commands.session import Session
from watchkeeper.delivery.model import FILE, Delivery
from watchkeeper.errors import Problem
from watchkeeper.project.load import PROJECT_FILE
from watchkeeper.project.placeholders import is_example_domain, is_placeholder_account, placeholders
from watchkeeper.project.source import read_document
from watchkeeper.routing.load import OnCallPlan


def declared(session: Session, delivery: Delivery | None, plan: OnCallPlan, *, is_played: bool) -> Iterator[Check]:
    """Values to replace by one's own. In a sandbox they do no harm, and are told as notes.

    delivery: None where no ref deploys to the environment.
    """
    if session.environment.is_local:
        yield Check("declarations", "ok", "they load; the sandbox needs no accounts of yours")
        return
    state: State = "note" if is_played else "missing"
    found = [
        *placeholders(read_document(session.root, PROJECT_FILE), session.environment),
        *(_of_delivery(session, delivery) if delivery else ()),
        *_of_people(plan),
    ]
    for problem in found:
        yield of_problem("declarations", problem, state)
    if not found:
        yield Check("declarations", "ok", "they load, and name nothing of the examples")


def _of_delivery(session: Session, delivery: Delivery) -> Iterator[Problem]:
    document = read_document(session.root, FILE)
    account, owner = delivery.registry.account, delivery.github.owner
    if is_placeholder_account(account):
        where = document.at(("registry", "account"))
        yield Problem(f"the registry's account {account} is an example", where, "write the number of your own")
    if owner in ("example-org", "example"):
        where = document.at(("github", "owner"))
        yield Problem(f"the GitHub owner `{owner}` is an example", where, "write your own, and the ids of both")


def _of_people(plan: OnCallPlan) -> Iterator[Problem]:
    for person in plan.people.values():
        if is_example_domain(person.email):
            what = f"{person.email} is an address that nobody can own"
            yield Problem(what, plan.places["people", person.id], "write who is really on call")
