"""The emulated AWS: ministack with our extension, in a process and a venv of its own, on loopback."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import httpx

from watchkeeper.errors import UsageError

HOST: Final = "127.0.0.1"
SILENCE: Final[Mapping[str, str]] = {
    "all": "intake-silent:intake",
    "metrics": "intake-silent:awsmetrics-intake",
    "logs": "intake-silent:intake.logs",
}
"""The faults with which intakes do not answer: a name, and what stands in the names of their hosts."""
SECRET: Final = "sandbox"  # noqa: S105 - the emulator looks at the account alone
_START_S: Final = 90.0
_EXTENSION: Final = Path(__file__).parent
_BOOT: Final = "import runpy, sys; sys.path.append(sys.argv[1]); runpy.run_module('aws_extension', run_name='__main__')"


def emulator_python() -> Path:
    """The interpreter of the emulator's venv. Raises UsageError when it is not installed."""
    checkout = Path(sys.prefix).parent
    folder = Path(os.environ.get("WATCHKEEPER_AWS_EMULATOR", checkout / ".cache" / "aws-emulator"))
    python = folder.absolute() / "bin" / "python"  # it starts in a folder of its own
    if not python.exists():
        wanted = _EXTENSION / "aws_extension" / "requirements.txt"
        what = "the AWS emulator, which has an environment of its own, is not installed"
        raise UsageError(
            what,
            "run `make setup` in the checkout; without one: python -m venv .cache/aws-emulator, "
            f".cache/aws-emulator/bin/pip install -r {wanted}, and set WATCHKEEPER_AWS_EMULATOR=.cache/aws-emulator; "
            "or do without: --no-aws",
        )
    return python


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one delivery stream did in a round. attempts, succeeded: requests; the next three: records.

    oldest_s: age of the oldest record that waits.
    """

    attempts: int
    succeeded: int
    delivered: int
    waiting: int
    backed_up: int
    oldest_s: float


@dataclass(frozen=True, slots=True)
class Deliveries:
    """One round of all delivery streams that had something to do. reason: why not all arrived; empty when it did."""

    reason: str
    streams: Mapping[str, Delivery]


class AwsEmulator:
    """One emulator of as many accounts as are asked for: an access key of twelve digits is the account itself.

    folder: for its files and its log. account: the one whose keys `env` gives when none is named. hosts: where hosts
    of the outside are in the sandbox.
    """

    def __init__(self, folder: Path, *, account: str, region: str, hosts: Mapping[str, str], port: int = 0) -> None:
        self._folder = folder.resolve()
        self.account = account
        self._region = region
        self._hosts = dict(hosts)
        self._port = port or _free_port()
        self._key = secrets.token_hex(16)
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None
        self._http = httpx.Client(
            base_url=self.url, headers={"X-Watchkeeper-Key": self._key}, timeout=120, trust_env=False
        )

    @property
    def url(self) -> str:
        """What AWS_ENDPOINT_URL is."""
        return f"http://{HOST}:{self._port}"

    @property
    def pid(self) -> int:
        """Of the process; 0 when it does not run."""
        return self._process.pid if self._process else 0

    def env(self, account: str = "") -> dict[str, str]:
        """Variables for whoever speaks to it, in an account; the environment's own where none is named."""
        return access(self.url, account or self.account, self._region)

    def start(self) -> None:
        """Start it and wait until it answers. It ends with this process, however this process ends."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
        environ = {
            **inherited,
            "BIND_HOST": HOST,
            "GATEWAY_PORT": str(self._port),
            "HOME": str(self._folder),
            "TMPDIR": str(self._folder),
            "S3_DATA_DIR": str(self._folder / "s3"),
            "LOG_LEVEL": "WARNING",
            "NO_PROXY": "*",
            "PYTHONDONTWRITEBYTECODE": "1",
            "WATCHKEEPER_CONTROL_KEY": self._key,
            "WATCHKEEPER_HOSTS": json.dumps(self._hosts),
        }
        python = emulator_python()
        self._log = (self._folder / "emulator.log").open("wb")
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [str(python), "-c", _BOOT, str(_EXTENSION)],
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=self._log,
            env=environ,
            cwd=self._folder,
        )
        limit = time.monotonic() + _START_S
        while time.monotonic() < limit and self._process.poll() is None:
            with suppress(httpx.TransportError):
                if self._http.get("/_ministack/health").is_success:
                    return
            time.sleep(0.03)
        last = (self._folder / "emulator.log").read_text(errors="replace").strip().splitlines()[-1:]
        self.stop()
        raise UsageError(f"the emulated AWS did not start: {''.join(last)}", f"see {self._folder / 'emulator.log'}")

    def stop(self) -> None:
        """End it; one that has ended is no error."""
        self._http.close()
        if self._process is not None:
            if self._process.stdin:
                self._process.stdin.close()
            try:
                self._process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._log is not None:
            self._log.close()
            self._log = None

    def reset(self) -> None:
        """Forget every resource."""
        self._http.post("/_ministack/reset").raise_for_status()
        self._control("reset", {})

    def publish(
        self,
        now: int,
        namespaces: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
        logs: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """Move virtual time to `now` (Unix seconds), with what AWS services publish and write, by namespace and group.

        Each metric: name, dimensions, at (Unix seconds), unit, count, sum, min, max, and quantiles such as p99.
        Each of the logs: group, stream, events of timestamp (ms) and message.
        """
        given = {name: list(metrics) for name, metrics in (namespaces or {}).items()}
        self._control("minute", {"now": now, "namespaces": given, "logs": [dict(each) for each in logs]})

    def deliver(self) -> Deliveries:
        """Let metric streams and subscriptions deliver what came in, and Firehose what it still holds."""
        answer = self._control("deliver", {})
        streams = {name: Delivery(**figures) for name, figures in answer.get("streams", {}).items()}
        return Deliveries(str(answer.get("reason", "")), streams)

    def record_activities(self, activities: Sequence[Mapping[str, Any]]) -> None:
        """Tell Application Auto Scaling what the control loop did."""
        self._control("activities", {"activities": [dict(each) for each in activities]})

    def inject(self, faults: Sequence[str]) -> None:
        """Set the faults that are in force, such as `firehose-stopped`; none ends them all."""
        self._control("faults", {"faults": list(faults)})

    def additions(self, blank: Sequence[str] = ()) -> list[str]:
        """Names of everything that our extension adds; those in `blank` are taken away until the next call."""
        names: list[str] = self._control("additions", {"blank": list(blank)})["names"]
        return names

    def _control(self, verb: str, body: Mapping[str, Any]) -> dict[str, Any]:
        scoped = {**body, "account": self.account, "region": self._region}
        answer = self._http.post(f"/_watchkeeper/{verb}", json=scoped)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


def access(url: str, account: str, region: str) -> dict[str, str]:
    """Variables that lead to an emulator at `url`: no profile, no metadata service, no other account."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])
