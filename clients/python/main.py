"""Connects to NATS as the pod's ServiceAccount, answers requests on <namespace>.echo, and asks itself every 5 seconds.

Needs nats-py 2.13.0 or later, which takes a callable as token.
"""

import asyncio
import base64
import contextlib
import json
import logging
import os
import random
import signal
from pathlib import Path

import nats
import nats.aio.msg
import nats.errors

log = logging.getLogger("echo")
REMEDY = "wire the workload with the option nats: { enabled: true }"


class Token:
    """The ServiceAccount's token, read anew at every login: kubelet replaces it."""

    def __init__(self, file: str) -> None:
        self.file = Path(file)
        try:
            self.last = self.file.read_text().strip()
        except OSError as error:
            raise SystemExit(f"NATS_TOKEN_FILE cannot be read: {error}; {REMEDY}") from None

    def __call__(self) -> str:
        with contextlib.suppress(OSError):  # The last one may hold still; if not, the server says so.
            self.last = self.file.read_text().strip() or self.last
        return self.last

    def identity(self) -> tuple[str, str]:
        """Namespace and name of the ServiceAccount. Unverified: the server decides, this only names the inbox."""
        try:
            payload = self.last.split(".")[1]
            claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
            kubernetes = claims["kubernetes.io"]
            return kubernetes["namespace"], kubernetes["serviceaccount"]["name"]
        except (IndexError, KeyError, TypeError, ValueError):
            # "from None": the error behind it could quote the token.
            raise SystemExit(f"NATS_TOKEN_FILE is {self.file}, which holds no ServiceAccount token; {REMEDY}") from None


async def session(token: Token) -> None:
    """One connection's life, until the client has ended for good."""
    namespace, service_account = token.identity()
    ended = asyncio.Event()

    async def on_error(error: Exception) -> None:
        log.warning("NATS: %s", error)

    async def on_closed() -> None:
        ended.set()

    async def echo(message: nats.aio.msg.Msg) -> None:
        await message.respond(message.data)

    connection = await nats.connect(
        os.environ["NATS_URL"],
        token=token,
        # The only inbox the ServiceAccount may subscribe to.
        inbox_prefix=f"_INBOX_APP.{namespace}.{service_account.replace('.', '_')}",
        max_reconnect_attempts=-1,
        # A node that lost its power is noticed after 20 s, not after four minutes.
        ping_interval=10,
        max_outstanding_pings=2,
        # Between attempts; the client adds no jitter of its own, so each session takes its own time.
        reconnect_time_wait=random.uniform(1, 5),
        # A server waits 2 s for its callout.
        connect_timeout=5,
        error_cb=on_error,
        closed_cb=on_closed,
    )
    log.info("connected to %s", connection.connected_url.netloc)

    subject = f"{namespace}.echo"
    await connection.subscribe(subject, cb=echo)
    try:
        while not ended.is_set():
            try:
                answer = await connection.request(subject, b"hello", timeout=2)
                log.info("answer: %s", answer.data.decode())
            except nats.errors.Error as error:
                log.warning("no answer: %s", error)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(ended.wait(), timeout=5)
    finally:
        if connection.is_connected:
            await connection.drain()


async def main() -> None:
    logging.basicConfig(level=logging.INFO)
    for name in ("NATS_URL", "NATS_TOKEN_FILE"):
        if not os.environ.get(name):
            raise SystemExit(f"{name} is not set; {REMEDY}")
    token = Token(os.environ["NATS_TOKEN_FILE"])
    task = asyncio.current_task()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)

    # nats-py ends a client for good when its login expires: the app connects anew, and subscribes anew.
    while True:
        await session(token)
        await asyncio.sleep(random.uniform(0, 1))


with contextlib.suppress(asyncio.CancelledError):  # SIGTERM
    asyncio.run(main())
