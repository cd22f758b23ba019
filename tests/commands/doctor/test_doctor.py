"""`watchkeeper doctor` as a whole: order, states, places, exit codes."""

import json
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.commands.doctor.conftest import (
    ACCOUNT,
    REGION,
    Stage,
    declarations,
    run,
)
from watchkeeper.commands.doctor import Check, examine, examine_tools
from watchkeeper.commands.doctor.check import asked
from watchkeeper.commands.doctor.declared import declared
from watchkeeper.commands.session import open_session
from watchkeeper.delivery.model import load_delivery
from watchkeeper.errors import RemoteError
from watchkeeper.routing.load import load_on_call

pytestmark = pytest.mark.emulator


def test_an_empty_account_is_told_step_by_step(stage: Stage) -> None:
    """In the order in which each is made; what depends on something missing is not asked."""
    session = open_session(stage.root, "stage", environ=stage.environ)

    checks = list(examine(session))

    assert [(check.name, check.state) for check in checks if check.state in ("missing", "unasked")] == [
        ("bootstrap", "missing"),
        ("certificate", "missing"),
        ("delivery", "missing"),
        ("images", "unasked"),
        ("stacks", "missing"),
        ("api-key", "unasked"),
        ("datadog-aws", "missing"),
        ("pagerduty", "missing"),
        ("pagerduty", "missing"),
        ("pagerduty", "missing"),
        ("pagerduty", "missing"),
    ]
    (bootstrap,) = (check for check in checks if check.name == "bootstrap")
    assert (bootstrap.told, bootstrap.fix) == (
        f"aws://{ACCOUNT}/{REGION} is not bootstrapped", f"cdk bootstrap aws://{ACCOUNT}/{REGION}",
    )  # fmt: skip
    assert not any(key in repr(checks) for key in stage.sandbox.record.keys.values())


def test_placeholders_are_notes_in_a_sandbox_and_missing_without_one(stage: Stage) -> None:
    """What stands for nobody's account does no harm where every account is played."""
    session = open_session(stage.root, "stage", environ=stage.environ)
    plan, delivery = load_on_call(session.project, session.environment), load_delivery(session.project)

    played, live = (list(declared(session, delivery, plan, is_played=is_played)) for is_played in (True, False))

    assert (played[0].told, played[0].fix) == (
        f"the AWS account {ACCOUNT} is an example", "write the number of your own",
    )  # fmt: skip
    assert ({check.state for check in played}, {check.state for check in live}) == ({"note"}, {"missing"})
    files = [check.where.file for check in live if check.where]
    assert list(dict.fromkeys(files)) == ["watchkeeper.yaml", "platform/delivery.yaml", "platform/routing/people.yaml"]


def test_a_permission_that_is_missing_is_not_called_a_fault() -> None:
    """What the credentials may not read is told as unasked; every other refusal is missing."""

    def refused(status: int) -> Iterator[Check]:
        raise RemoteError("AWS refused GetRole of iam: AccessDenied", host="iam", status=status)

    states = [check.state for status in (403, 500) for check in asked("delivery", partial(refused, status))]

    assert states == ["unasked", "missing"]


def test_another_version_of_the_cdk_than_the_pinned_one_is_missing(stage: Stage, tmp_path: Path) -> None:
    """Newer ones of npm cannot read what is synthesized; a project without an app needs none."""
    fine = [check.state for check in examine_tools(stage.root)]
    (tmp_path / "app.py").touch()
    (tmp_path / "package.json").write_text('{"devDependencies": {"aws-cdk": "9.9.9"}}')
    *_, cdk = examine_tools(tmp_path)
    (tmp_path / "app.py").unlink()
    *_, without = examine_tools(tmp_path)

    assert fine == ["ok"] * 3
    assert (cdk.state, "is not the version 9.9.9" in cdk.told) == ("missing", True)
    assert without.state == "note"


def test_missing_things_end_with_1_and_stand_in_one_document(stage: Stage) -> None:
    """`--json` has each with its state, sentence, mend and place; no key stands in it."""
    done = run(stage, "doctor", "--env", "stage", "--json", exits=1)

    found = json.loads(done.stdout)
    assert (found["schema_version"], found["env"]) == (1, "stage")
    assert found["missing"] == sum(check["state"] == "missing" for check in found["checks"])
    assert {"name": "git", "state": "ok"}.items() <= found["checks"][0].items()
    placed = [check for check in found["checks"] if check.get("file") == "watchkeeper.yaml"]
    assert placed[0]["line"] > 1
    assert not any(key in done.stdout + done.stderr for key in stage.sandbox.record.keys.values())


@pytest.mark.parametrize(
    ("env", "text", "told"),
    [("stag", "", "there is no environment `stag`"), ("stage", "project: [", "watchkeeper.yaml:")],
    ids=["unknown environment", "broken file"],
)
def test_a_wrong_call_or_file_ends_with_2(stage: Stage, env: str, text: str, told: str) -> None:
    """The tools are told first, then the sentence about the file."""
    if text:
        (stage.root / "watchkeeper.yaml").write_text(text)

    done = run(stage, "doctor", "--env", env, exits=2)

    assert told in done.stderr
    assert done.stdout.startswith("ok       git")


def test_local_asks_for_its_sandbox_first(root: Path, tmp_path: Path) -> None:
    """Nothing else is asked, since there is nobody."""
    declarations(root, tmp_path)

    found = list(examine(open_session(tmp_path, "local", environ={})))

    assert [(check.name, check.state) for check in found] == [
        ("declarations", "ok"), ("sandbox", "missing"), ("sandbox", "unasked"),
    ]  # fmt: skip
    assert found[1].fix == "start it: watchkeeper sandbox up --detach"


def test_a_project_without_stacks_and_without_routing_is_asked_for_the_rest(stage: Stage) -> None:
    """Whoever has an infrastructure of their own keeps monitors alone: Datadog's keys are all they need."""
    shutil.rmtree(stage.root / "platform" / "routing")
    (stage.root / "platform" / "forwarding.yaml").unlink()
    (stage.root / "app.py").unlink()

    found = list(examine(open_session(stage.root, "stage", environ=stage.environ)))

    assert {check.name for check in found} == {"declarations", "datadog", "datadog-aws", "pagerduty"}
    assert "missing" not in {check.state for check in found}


def test_local_is_asked_in_its_sandbox(stage: Stage) -> None:
    """With the sandbox's own keys and the account of `local`, whatever the shell says."""
    found = {check.name: check for check in examine(open_session(stage.root, "local", environ={}))}

    assert (found["sandbox"].state, found["aws"].told) == ("ok", "the credentials are of account 000000000000")
    assert found["stacks"].fix == 'eval "$(watchkeeper sandbox env)"; cdk deploy -c env=local --all'
    assert {found[name].state for name in ("datadog", "pagerduty", "slack")} <= {"ok", "note"}
