"""A process like `andon serve`, whose look is a line in a file. Arguments: URL, file, seconds ahead, hang or not."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bot.address import key_of
from bot.log import start_logging
from bot.service import Service
from bot.settings import read_settings
from bot.store.store import Store
from bot.worker import Pace

if TYPE_CHECKING:
    from bot.store.work import Claim


async def main(url: str, file: str, ahead: float, *, hangs: bool) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)

    async def look(claim: Claim) -> None:
        await asyncio.to_thread(_note, Path(file), key_of(claim.address))
        if hangs:
            await asyncio.Event().wait()

    store = await Store.open(url, clock=lambda: time.time() + ahead)
    service = Service(read_settings(os.environ), store, look, pace=Pace(drain=1.0))
    port = await service.start()
    print(port, flush=True)  # noqa: T201 - the test reads the port here
    await stopping.wait()
    await service.stop()
    await store.close()


def _note(file: Path, line: str) -> None:
    with file.open("a", encoding="utf-8") as notes:
        notes.write(f"{line}\n")


if __name__ == "__main__":
    start_logging()
    asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3]), hangs="hang" in sys.argv))
