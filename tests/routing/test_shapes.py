"""Files of routing that are no lists of their section: told, for what they leave out would page nobody."""

import shutil
from pathlib import Path

import pytest

from watchkeeper.errors import ConfigError
from watchkeeper.project.load import load_project
from watchkeeper.routing.load import load_on_call
from watchkeeper.routing.routes import load_routes

FILES = ("people", "schedules", "escalation_policies", "services", "slack_channels", "routes")


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    shutil.copy(root / "watchkeeper.yaml", tmp_path)
    shutil.copytree(root / "platform" / "routing", tmp_path / "platform" / "routing")
    return tmp_path


def problems(project: Path) -> list[str]:
    loaded = load_project(project)
    environment = loaded.environment("prod")
    found = []
    for load in (load_on_call, load_routes):
        try:
            load(loaded, environment)
        except ConfigError as err:
            found += [f"{each.where}: {each.what}; {each.fix}" for each in err.problems]
    return found


@pytest.mark.parametrize("section", FILES)
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "{file}:1:1: a file of {words} is a mapping; start with `{section}:`, or write `{section}: []` where"),
        ("- {id: a}\n", "{file}:1:1: a file of {words} is a mapping; start with `{section}:`"),
        ("{section}:\n  id: a\n", "{file}:2:3: `{section}` must be a list; write `- id: ...`"),
        ("{section}s: []\n", "{file}:1:1: unknown key `{section}s`; did you mean `{section}`?"),
    ],
    ids=["empty", "list", "dash forgotten", "misspelt"],
)
def test_a_file_that_says_nothing_is_told(project: Path, section: str, text: str, told: str) -> None:
    """By its place, and with what it should begin with."""
    file = f"platform/routing/{section}.yaml"
    (project / file).write_text(text.replace("{section}", section))

    expected = told.format(file=file, section=section, words=section.replace("_", " "))
    assert any(each.startswith(expected) for each in problems(project)), problems(project)


def test_a_project_without_slack_says_so(project: Path) -> None:
    """An empty list is a list."""
    assert problems(project) == []
    (project / "platform/routing/slack_channels.yaml").write_text("slack_channels: []\n")

    assert not any("slack_channels.yaml" in each for each in problems(project))
