"""Real PostgreSQL servers in folders of their own, on loopback, never as root."""

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

NAME = "app"
PASSWORD = "made-up"
HOST = "127.0.0.1"
_SETTINGS = {"fsync": "off", "listen_addresses": f"'{HOST}'", "unix_socket_directories": "''", "max_connections": "40"}


def programs() -> Path | None:
    """The folder of `initdb` and its like; Debian keeps it off the PATH."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((folder for folder in reversed(folders) if (folder / "initdb").exists()), None)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


class PostgreSQL:
    """One server. folder: must be reachable for whoever it runs as."""

    def __init__(self, bin_folder: Path, folder: Path) -> None:
        self._bin = bin_folder
        self._folder = folder
        self._data = folder / "data"
        self.port = free_port()
        self._user: dict[str, Any] = {}
        if os.geteuid() == 0:  # PostgreSQL refuses root
            nobody = pwd.getpwnam("nobody")
            self._user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)

    def create(self) -> None:
        """An empty database."""
        secret = self._folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        arguments = ["-U", NAME, "--auth=scram-sha-256", f"--pwfile={secret}", "--no-sync"]
        self._run("initdb", "-D", str(self._data), *arguments)
        lines = [f"{name} = {value}" for name, value in {**_SETTINGS, "port": self.port}.items()]
        with (self._data / "postgresql.conf").open("a") as file:
            file.write("\n".join(lines) + "\n")

    def copy(self, primary: "PostgreSQL") -> None:
        """A standby of another server."""
        source = f"host={HOST} port={primary.port} user={NAME}"
        self._run("pg_basebackup", "-d", source, "-D", str(self._data), "--checkpoint=fast", "--no-sync")
        self.follow(primary)

    def follow(self, primary: "PostgreSQL") -> None:
        """Be a standby of `primary` from the next start on."""
        connection = f"host={HOST} port={primary.port} user={NAME} password={PASSWORD}"
        (self._data / "standby.signal").touch()
        with (self._data / "postgresql.auto.conf").open("w") as file:
            file.write(f"port = {self.port}\nprimary_conninfo = '{connection}'\n")

    def start(self) -> None:
        self._run("pg_ctl", "-D", str(self._data), "-l", str(self._folder / "log"), "-w", "start")

    def stop(self, mode: str = "fast") -> None:
        """fast: sends the standby all it has; immediate: as a crash."""
        self._run("pg_ctl", "-D", str(self._data), "-m", mode, "-w", "stop")

    def promote(self) -> None:
        self._run("pg_ctl", "-D", str(self._data), "-w", "promote")

    def sql(self, *statements: str) -> str:
        """Carry out as the administrator; gives what they print."""
        commands = [part for statement in statements for part in ("-c", statement)]
        return self._run("psql", "-h", HOST, "-p", str(self.port), "-U", NAME, "-d", "postgres", "-qtAX", *commands)

    def end(self) -> None:
        """Stop it whatever its state."""
        with suppress(AssertionError):
            self.stop("immediate")

    def _run(self, program: str, *arguments: str) -> str:
        environ: Mapping[str, str] = {"PATH": os.environ["PATH"], "LC_ALL": "C", "PGPASSWORD": PASSWORD}
        with (self._folder / "output").open("w+") as output:  # a server that stays would keep a pipe open
            done = subprocess.run(
                [self._bin / program, *arguments],
                cwd=self._folder, env=environ, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                check=False, timeout=60, **self._user,
            )  # fmt: skip
            output.seek(0)
            said = output.read()
        assert done.returncode == 0, f"{program}: {said}"
        return said.strip()
