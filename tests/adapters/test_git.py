"""Changed files and tree hashes, asked of a real repository that goes through a working day."""

import os
import subprocess
from pathlib import Path

import pytest

from watchkeeper.adapters.git import Git
from watchkeeper.delivery.decide import ZERO, Event, comparison_base
from watchkeeper.errors import UsageError

SOURCE = "examples/app"


class Repository:
    """A repository whose default branch `main` holds one application and one document."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.git("init", "--quiet", "--initial-branch", "main")
        self.commit(**{"examples/app/main.go": "one", "docs/x.md": "one"})

    def git(self, *arguments: str, at: str = "") -> str:
        identity = {f"GIT_{who}_{what}": f"ana@example.com{what}"[: 15 if what == "EMAIL" else 3]
                    for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}  # fmt: skip
        environ = {"PATH": os.environ["PATH"], "HOME": str(self.root), "GIT_CONFIG_NOSYSTEM": "1", **identity}
        environ |= {"GIT_COMMITTER_DATE": at} if at else {}
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, env=environ, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def tag(self, name: str, at: str) -> None:
        """An annotated tag that was made at that time."""
        self.git("tag", "--annotate", "--message", name, name, at=at)

    def commit(self, **files: str) -> str:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.git("add", "-A")
        self.git("commit", "--quiet", "-m", "change")
        return self.git("rev-parse", "HEAD")

    def tree(self, head: str = "HEAD") -> str:
        return Git(self.root).trees(head, [SOURCE])[SOURCE]


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def changed(repository: Repository, event: Event) -> list[str] | None:
    found = Git(repository.root).changed(comparison_base(event, "main"), "HEAD")
    return None if found is None else sorted(found)


def test_squash_and_merge_commit_carry_the_image_of_the_branch(repository: Repository) -> None:
    """Also when main has gone on elsewhere meanwhile: the folder's content is what counts."""
    repository.git("checkout", "--quiet", "-b", "faster")
    repository.commit(**{"examples/app/main.go": "two"})
    branch = repository.tree()
    repository.git("checkout", "--quiet", "main")
    repository.commit(**{"docs/x.md": "two"})

    repository.git("merge", "--quiet", "--no-ff", "-m", "merge", "faster")
    merged = repository.tree()
    repository.git("reset", "--quiet", "--hard", "HEAD~1")
    repository.git("merge", "--quiet", "--squash", "faster")
    repository.git("commit", "--quiet", "-m", "squash")

    assert branch == merged == repository.tree()


def test_a_revert_and_an_old_tag_lead_back_to_the_old_image(repository: Repository) -> None:
    """Nothing is built for either."""
    repository.git("tag", "v1")
    before = repository.tree()
    repository.commit(**{"examples/app/main.go": "two"})
    assert repository.tree() != before

    repository.git("revert", "--no-edit", "HEAD")

    assert before == repository.tree() == repository.tree("v1")


def test_a_new_branch_is_compared_with_where_it_left_main(repository: Repository) -> None:
    """`before` is all zeros; main has gone on, which is not the branch's change."""
    repository.git("checkout", "--quiet", "-b", "faster")
    repository.commit(**{"examples/app/main.go": "two"})
    repository.git("checkout", "--quiet", "main")
    repository.commit(**{"docs/x.md": "two"})
    repository.git("checkout", "--quiet", "faster")

    found = changed(repository, Event(name="push", ref="refs/heads/faster", before=ZERO))

    assert found == ["examples/app/main.go"]


def test_a_push_to_main_is_compared_with_what_was_there_before(repository: Repository) -> None:
    """A commit that a forced push has removed from the clone makes the changes unknown."""
    before = repository.git("rev-parse", "HEAD")
    repository.commit(**{"docs/x.md": "two"})

    assert changed(repository, Event(name="push", ref="refs/heads/main", before=before)) == ["docs/x.md"]
    assert changed(repository, Event(name="push", ref="refs/heads/main", before="e" * 40)) is None


def test_a_rename_out_of_the_source_is_a_change_of_the_source(repository: Repository) -> None:
    """Both paths are told."""
    before = repository.git("rev-parse", "HEAD")
    repository.git("mv", "examples/app/main.go", "docs/main.go")
    repository.commit()

    found = changed(repository, Event(name="push", ref="refs/heads/main", before=before))

    assert found == ["docs/main.go", "examples/app/main.go"]


def test_what_is_no_commit_is_refused(repository: Repository) -> None:
    """With what to do."""
    with pytest.raises(UsageError, match="`nowhere` is no commit"):
        Git(repository.root).trees("nowhere", [SOURCE])


def test_a_source_that_is_not_there_has_no_tree(repository: Repository) -> None:
    """A service that is declared before its code."""
    assert Git(repository.root).trees("HEAD", ["services/later"]) == {}


def test_the_newest_version_is_the_tag_that_was_made_last(repository: Repository) -> None:
    """A mend that was tagged on a branch and never came to main is what runs in production."""
    git = Git(repository.root)
    before = git.newest_tag("v")
    repository.tag("v1.4.0", "2026-06-01T12:00:00Z")
    repository.commit(**{"docs/x.md": "two"})
    repository.tag("v1.5.0", "2026-06-02T12:00:00Z")
    repository.git("checkout", "--quiet", "-b", "mend", "v1.4.0")
    repository.commit(**{"examples/app/main.go": "mended"})
    repository.tag("v1.4.1", "2026-06-03T12:00:00Z")
    repository.git("checkout", "--quiet", "main")
    repository.tag("nightly", "2026-06-04T12:00:00Z")

    assert (before, git.newest_tag("v"), git.newest_tag("release-")) == ("", "v1.4.1", "")


def unpacked(root: Path, revision: str, folder: Path, *names: str) -> dict[str, str]:
    Git(root).unpack(revision, folder, names)
    return {file.relative_to(folder).as_posix(): file.read_text() for file in folder.rglob("*") if file.is_file()}


def test_a_revision_is_unpacked_as_it_was(repository: Repository, tmp_path_factory: pytest.TempPathFactory) -> None:
    """All of it, a project in a folder of the repository alone, or some names as far as they were there."""
    before = repository.git("rev-parse", "HEAD")
    repository.commit(**{"examples/app/main.go": "two", "later.md": "two"})

    def at(revision: str, *names: str, below: str = "") -> dict[str, str]:
        return unpacked(repository.root / below, revision, tmp_path_factory.mktemp("unpacked"), *names)

    assert at(before) == {"examples/app/main.go": "one", "docs/x.md": "one"}
    assert at(before, below="examples") == {"app/main.go": "one"}
    assert at(before, "docs", "later.md") == {"docs/x.md": "one"}
    assert at("HEAD", "app", "later", below="examples") == {"app/main.go": "two"}


@pytest.mark.parametrize("revision", ["nowhere", "--output=taken", ""])
def test_what_is_no_revision_is_refused_by_name(repository: Repository, revision: str, tmp_path: Path) -> None:
    """And is never taken for an option of git."""
    with pytest.raises(UsageError) as caught:
        Git(repository.root).unpack(revision, tmp_path)

    assert caught.value.what == f"`{revision}` is no commit of this repository"


def test_a_folder_that_was_not_there_then_is_said(repository: Repository, tmp_path: Path) -> None:
    """The project is younger than the revision."""
    before = repository.git("rev-parse", "HEAD")
    repository.commit(**{"young/watchkeeper.yaml": "two"})

    for names in ((), ("watchkeeper.yaml",)):
        with pytest.raises(UsageError, match="holds nothing of this folder"):
            Git(repository.root / "young").unpack(before, tmp_path / "out", names)
