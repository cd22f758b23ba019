"""`platform/delivery.yaml` as typed, frozen values."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from watchkeeper.errors import ConfigError, Problem, did_you_mean
from watchkeeper.project.model import Project
from watchkeeper.project.source import Document, KeyPath, read_document
from watchkeeper.project.validate import STRICT, locate_in, validate

FILE: Final = "platform/delivery.yaml"
BUILD: Final = "build"
"""The GitHub environment that makes images and pushes them, whatever the ref."""

COMPARE: Final = "-compare"
"""The GitHub environment `<env>-compare` only reads: pull requests and the drift check use it, nobody approves it."""

BOOTSTRAP_QUALIFIER: Final = "hnb659fds"
"""Of `cdk bootstrap`, when it is given none."""

_ACCOUNT: Final = re.compile(r"\d{12}")
_NUMBER: Final = re.compile(r"\d*")


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHub:
    """The repository whose workflows deploy.

    owner: a user or an organisation of GitHub. repository: its name, without the owner. owner_id, repository_id:
    the number as text, as `gh api repos/OWNER/REPOSITORY` shows it; empty: only the older form of a token's subject
    is trusted. provider: `create`, or `existing` where GitHub is an identity provider of the registry's account
    already: an account takes one of each address.
    """

    __pydantic_config__ = STRICT

    owner: str
    repository: str
    owner_id: str = ""
    repository_id: str = ""
    provider: Literal["create", "existing"] = "create"

    @property
    def name(self) -> str:
        """`owner/repository`."""
        return f"{self.owner}/{self.repository}"

    def subjects(self, environment: str) -> tuple[str, ...]:
        """The subjects of tokens of a GitHub environment, in both forms.

        Source: repositories made since 15 July 2026 name owner and repository with their ids as well.
        """
        tail = f"environment:{environment}"
        forms = [f"repo:{self.name}:{tail}"]
        if self.owner_id and self.repository_id:
            forms.append(f"repo:{self.owner}@{self.owner_id}/{self.repository}@{self.repository_id}:{tail}")
        return tuple(forms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """The account and region that keep the images of all environments.

    account: 12 digits, in quotes. region: AWS's name of the region, `eu-west-1`.
    """

    __pydantic_config__ = STRICT

    account: str
    region: str

    @property
    def host(self) -> str:
        """Of the image names."""
        return f"{self.account}.dkr.ecr.{self.region}.amazonaws.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """The environment to which each sort of ref goes; empty: nowhere.

    branch: where every branch but the default one goes. default_branch: where what is merged goes. tag: where tags
    go that begin with `tag_prefix`.
    """

    __pydantic_config__ = STRICT

    branch: str = ""
    default_branch: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """From a commit to an environment.

    github: the repository whose workflows deploy. registry: where images are kept. environments: which ref deploys
    where. default_branch: the branch into which changes are merged. tag_prefix: how tags begin that deploy.
    approved_by_hand: environments whose deploy waits for a person.
    """

    __pydantic_config__ = STRICT

    github: GitHub
    registry: Registry
    environments: Targets
    default_branch: str = "main"
    tag_prefix: str = "v"
    approved_by_hand: tuple[str, ...] = field(default_factory=tuple)

    @property
    def deployed(self) -> tuple[str, ...]:
        """The environments that something goes to, each once."""
        targets = (self.environments.branch, self.environments.default_branch, self.environments.tag)
        return tuple(dict.fromkeys(name for name in targets if name))


def role_name(project: str, github_environment: str) -> str:
    """The role of the jobs of a GitHub environment, in the registry's account."""
    return f"{project}-deliver-{github_environment}"


def bootstrap_role(kind: str, account: str, region: str) -> str:
    """A role that `cdk bootstrap` has made. kind: deploy, file-publishing or lookup."""
    return f"cdk-{BOOTSTRAP_QUALIFIER}-{kind}-role-{account}-{region}"


def load_delivery(project: Project) -> Delivery:
    """The project's delivery. Raises ConfigError with every problem of the file."""
    return build_delivery(read_document(project.root, FILE), project)


def build_delivery(document: Document, project: Project) -> Delivery:
    """From an already parsed file. Raises ConfigError with every problem."""
    found = validate(Delivery, document.data, locate_in((document, ())), what=FILE)
    problems = list(_problems(document, found, project))
    if problems:
        raise ConfigError(problems)
    return found


def _problems(document: Document, found: Delivery, project: Project) -> Iterator[Problem]:
    named: dict[KeyPath, str] = {
        **{("environments", key): getattr(found.environments, key) for key in ("branch", "default_branch", "tag")},
        **{("approved_by_hand", index): name for index, name in enumerate(found.approved_by_hand)},
    }
    if BUILD in found.deployed:
        where = document.find(("environments",))[0]
        yield Problem(f"`{BUILD}` is the GitHub environment that makes images", where, "call the environment otherwise")
    for path, name in named.items():
        if name and name not in project.environments:
            fix = did_you_mean(name, project.environments) or f"known: {', '.join(project.environments)}"
            yield Problem(f"there is no environment `{name}`", document.find(path)[0], fix, "unknown-environment")
    if not _ACCOUNT.fullmatch(found.registry.account):
        where = document.find(("registry", "account"))[0]
        yield Problem(f"`{found.registry.account}` is no AWS account", where, "write its 12 digits in quotes")
    if not found.deployed:
        where = document.find(("environments",))[0]
        yield Problem("no ref deploys anywhere", where, "name an environment for `branch`, `default_branch` or `tag`")
    for key in ("owner_id", "repository_id"):
        if not _NUMBER.fullmatch(getattr(found.github, key)):
            yield Problem(f"`{key}` is no number", document.find(("github", key))[0], "write its digits in quotes")
    if bool(found.github.owner_id) != bool(found.github.repository_id):
        where = document.find(("github",))[0]
        yield Problem("one of `owner_id` and `repository_id` is missing", where, "write both, or neither")
