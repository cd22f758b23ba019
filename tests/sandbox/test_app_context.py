"""What stands beside the CDK app before it is synthesized."""

from pathlib import Path

import pytest

from watchkeeper.errors import UsageError
from watchkeeper.sandbox.deploy import synthesize


@pytest.mark.parametrize("name", ["cdk.json", "cdk.context.json"])
@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[1]", b'"text"'], ids=["empty", "bytes", "list", "text"])
def test_a_context_that_is_no_object_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    """By its file, before the app is started."""
    (tmp_path / "app.py").write_text("raise SystemExit('started')")
    (tmp_path / name).write_bytes(content)

    with pytest.raises(UsageError, match=rf"^{name} cannot be read"):
        synthesize(tmp_path, "local")


def test_an_app_that_fails_is_quoted(tmp_path: Path) -> None:
    """Its last words are what is wrong; the way to mend it is not mixed with them."""
    (tmp_path / "app.py").write_text("raise SystemExit('no such zone')")

    with pytest.raises(UsageError) as caught:
        synthesize(tmp_path, "local")

    assert caught.value.what == "synthesizing the stacks failed:\n  no such zone"
    assert caught.value.fix == "mend what it says there"
