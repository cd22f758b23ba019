"""The templates of an environment: from an assembly that exists, or synthesized for the question."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from watchkeeper.commands.session import Session
from watchkeeper.errors import UsageError
from watchkeeper.topology.templates import Template, Templates

_FOLDER = ".watchkeeper"
_SUFFIX = ".template.json"


def environment_templates(session: Session, assembly: Path | None) -> Templates:
    """The stacks of the session's environment.

    assembly: the folder that `cdk synth` wrote, such as the reviewed one; without it the project's app is run.
    Raises UsageError where there is no such stack.
    """
    with _assembly(session, assembly, session.environment.name) as folder:
        return _read(session, folder)


def every_environment(session: Session, assembly: Path | None) -> AbstractContextManager[Path]:
    """A folder with the stacks of every environment: the one that is given, or one that is gone afterwards."""
    return _assembly(session, assembly, "all")


@contextmanager
def _assembly(session: Session, assembly: Path | None, env: str) -> Iterator[Path]:
    if assembly is not None:
        yield assembly
        return
    with synthesized(session, env, {}) as folder:
        yield folder


@contextmanager
def synthesized(session: Session, env: str, variables: Mapping[str, str]) -> Iterator[Path]:
    """Run the project's app with these variables; the folder that it wrote is gone afterwards."""
    from watchkeeper.sandbox.deploy import synthesize

    home = session.root.resolve() / _FOLDER
    home.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=home, prefix="synth-") as folder:
        yield synthesize(session.root, env, Path(folder), variables)


def _read(session: Session, folder: Path) -> Templates:
    name = session.environment.name
    found = stacks_of(name, read_stacks(folder), session.project.environments)
    if not found:
        raise UsageError(f"{folder} holds no stack of `{name}`", f"synthesize it: cdk synth -c env={name} -o {folder}")
    return Templates(found)


def read_stacks(folder: Path) -> dict[str, Template]:
    """Every template of a folder by the name of its stack. Raises UsageError for what is not JSON."""
    found = {}
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        try:
            found[path.name.removesuffix(_SUFFIX)] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as err:
            raise UsageError(f"{path} is no template: {err}", "synthesize again with `cdk synth`") from err
    return found


def stacks_of(name: str, stacks: Mapping[str, Template], environments: Iterable[str]) -> dict[str, Template]:
    """The stacks of one environment; `dev-ana-Data` is not one of `dev` where there is an environment `dev-ana`."""
    longer = [f"{other}-" for other in environments if other.startswith(f"{name}-")]
    return {
        stack: template
        for stack, template in stacks.items()
        if stack.startswith(f"{name}-") and not any(stack.startswith(prefix) for prefix in longer)
    }
