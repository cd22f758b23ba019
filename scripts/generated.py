"""How every script keeps a folder of generated files: writes what is stale, or with `--check` only tells it."""

from collections.abc import Mapping, Sequence
from pathlib import Path


def keep(
    folder: Path, wanted: Mapping[str, str], arguments: Sequence[str], what: str, *, is_shared: bool = False
) -> int:
    """Write the files and remove those that are not wanted any more; with `--check` exit 1 when one is stale.

    what: the files in the message, such as "the pages of commands". is_shared: whether others stand in the folder too.
    """
    files = [file for file in folder.glob("*") if file.name in wanted or not is_shared]
    written = {file.name: file.read_text(encoding="utf-8") for file in files}
    stale = sorted(name for name in {*wanted, *written} if wanted.get(name) != written.get(name))
    if "--check" in arguments:
        print("\n".join(stale) or f"{what} are up to date")
        return 1 if stale else 0
    folder.mkdir(parents=True, exist_ok=True)
    for name in stale:
        if name in wanted:
            (folder / name).write_text(wanted[name], encoding="utf-8")
        else:
            (folder / name).unlink()
    return 0
