"""What git knows of a checkout: changed files, the hashes of folders, and what another revision holds."""

import subprocess
import tarfile
from collections.abc import Iterable, Sequence
from io import BytesIO
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
        found = self._ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{head}^{{commit}}")
        if found is None:
            fix = "name a commit, a branch or a tag, and run it in the checkout"
            raise UsageError(f"`{head}` is no commit of this repository", fix)
        return found.strip()

    def unpack(self, revision: str, folder: Path, names: Sequence[str] = ()) -> None:
        """Write what a revision holds of the folder `root`. names: these of it alone, as far as they were there then.

        Raises UsageError.
        """
        commit = self.commit(revision)
        asked = [f"./{name}" for name in names]
        kept = (self._ask("ls-tree", "--name-only", commit, "--", *asked) or "").splitlines() if names else []
        packed = None if names and not kept else self._raw("archive", "--format=tar", commit, "--", *kept)
        if packed is None:
            fix = "name a revision in which the project existed"
            raise UsageError(f"`{revision}` holds nothing of this folder", fix)
        with tarfile.open(fileobj=BytesIO(packed)) as archive:
            archive.extractall(folder, filter="data")

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
        found = self._raw(*arguments)
        return None if found is None else found.decode(errors="replace")

    def _raw(self, *arguments: str) -> bytes | None:
        try:
            done = subprocess.run(  # noqa: S603 - no shell
                ["git", *arguments],  # noqa: S607 - the user's own git
                cwd=self._root, capture_output=True, stdin=subprocess.DEVNULL, check=False,
            )  # fmt: skip
        except FileNotFoundError:
            raise UsageError("git is not installed", "install git") from None
        return done.stdout if done.returncode == 0 else None
