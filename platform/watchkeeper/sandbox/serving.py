"""A web application on a loopback port, for as long as a `with` block lasts."""

import socket
import threading
import time
from types import TracebackType
from typing import Any, Final, Self

import uvicorn

from watchkeeper.errors import UsageError

HOST: Final = "127.0.0.1"
_START_S: Final = 60.0


class Server:
    """Serves one ASGI application in a thread of its own. port 0: any free one."""

    def __init__(self, app: Any, port: int = 0) -> None:  # noqa: ANN401 - any ASGI application
        self._socket = _listening(port)
        self.port = int(self._socket.getsockname()[1])
        config = uvicorn.Config(app, log_level="warning", lifespan="off", access_log=False, timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.port}"

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])

    def start(self) -> None:
        """Serve; returns when requests are answered."""
        self._thread.start()
        limit = time.monotonic() + _START_S
        while not self._server.started and time.monotonic() < limit:
            time.sleep(0.005)

    def end_soon(self) -> None:
        """Ask it to stop; `close` waits for it. Several end side by side so."""
        self._server.should_exit = True

    def close(self) -> None:
        """Stop serving and free the port."""
        self._server.should_exit = True
        self._thread.join(timeout=5)
        self._socket.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _listening(port: int) -> socket.socket:
    """A bound socket. Raises UsageError when the port is taken."""
    # asyncio switches Nagle's algorithm off only for sockets that name their protocol; with it an answer takes 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(128)
    except OSError as err:
        listener.close()
        raise UsageError(f"port {port} is in use", "choose another one, or leave it out for a free one") from err
    return listener
