"""Ctrl-C before a command has begun."""

import subprocess
import sys
from pathlib import Path

CODE = """
import sys

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "watchkeeper.cli.groups":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupting())
from watchkeeper.cli.main import monitors
monitors()
"""


def test_an_interrupt_while_modules_are_loaded_is_a_word_and_no_stack_trace(root: Path) -> None:
    """Exit code 130, as later."""
    done = subprocess.run([sys.executable, "-c", CODE], cwd=root, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (130, "interrupted\n")
