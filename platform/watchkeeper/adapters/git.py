"""What git knows of a checkout: changed files and the hashes of folders."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from watchkeeper.errors import UsageError

_MERGE_BASE = "merge-base:"
_HASH = 2


class Git:
    """The repository that holds `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def changed(self, base: str, head: str) -> frozenset[str] | None:
        """Paths that differ between `base` and `head`; None when the base is empty or not in this clone.

        base: a commit, or `merge-base:REF`, where a ref of this clone or of its remote counts. A renamed file is both
        of its paths.
        """
        start = self._start(base, head)
        if start is None:
            return None
        out = self._ask("diff", "--name-only", "--no-renames", "--relative", "-z", start, head, "--")
        return None if out is None else frozenset(path for path in out.split("\0") if path)

    def trees(self, head: str, folders: Iterable[str]) -> dict[str, str]:
        """The tree hash of each folder that is there in `head`. Raises UsageError when `head` is no commit."""
        if self._ask("rev-parse", "--verify", "--quiet", f"{head}^{{commit}}") is None:
            raise UsageError(f"`{head}` is no commit of this repository", "fetch it, or run it in the checkout")
        found = {}
        for folder in folders:
            fields = (self._ask("ls-tree", "-d", head, "--", folder) or "").split()  # mode, type, hash, path
            if len(fields) > _HASH:
                found[folder] = fields[_HASH]
        return found

    def commit(self, head: str) -> str:
        """The full hash of a commit. Raises UsageError."""
        found = self._ask("rev-parse", "--verify", "--quiet", f"{head}^{{commit}}")
        if found is None:
            raise UsageError(f"`{head}` is no commit of this repository", "run it in the checkout")
        return found.strip()

    def newest_tag(self, prefix: str) -> str:
        """The tag that was made last, of those whose name begins so; empty where there is none.

        An annotated tag tells when it was made; a lightweight one counts from its commit.
        """
        # The pattern's own characters have no meaning in a prefix that is compared here.
        out = self._ask("for-each-ref", "--sort=-creatordate", "--format=%(refname:strip=2)", "refs/tags") or ""
        return next((name for name in out.splitlines() if name.startswith(prefix)), "")

    def _start(self, base: str, head: str) -> str | None:
        if not base.startswith(_MERGE_BASE):
            is_here = base and self._ask("rev-parse", "--verify", "--quiet", f"{base}^{{commit}}") is not None
            return base if is_here else None
        branch = base.removeprefix(_MERGE_BASE).removeprefix("refs/heads/")
        for ref in (f"refs/remotes/origin/{branch}", f"refs/heads/{branch}"):
            found = self._ask("merge-base", ref, head)
            if found:
                return found.strip()
        return None

    def _ask(self, *arguments: str) -> str | None:
        """What git prints; None when it says no. Raises UsageError when there is no git."""
        try:
            done = subprocess.run(  # noqa: S603 - no shell
                ["git", *arguments],  # noqa: S607 - the user's own git
                cwd=self._root, capture_output=True, text=True, check=False,
            )  # fmt: skip
        except FileNotFoundError:
            raise UsageError("git is not installed", "install git") from None
        return done.stdout if done.returncode == 0 else None
