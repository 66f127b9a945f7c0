"""What a start leaves out: looking for garbage while it loads, and what only an upgrade needs."""

from __future__ import annotations

import gc
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from bot.commands.loading import hidden, loading
from bot.store import migrate

ROOT = Path(__file__).parents[2]


def test_no_garbage_is_looked_for_while_modules_are_loaded() -> None:
    with loading():
        meanwhile = gc.isenabled()

    assert (meanwhile, gc.isenabled()) == (False, True)


def test_who_looks_for_no_garbage_does_not_begin_to() -> None:
    gc.disable()
    try:
        with loading():
            pass
        after = gc.isenabled()
    finally:
        gc.enable()

    assert not after


def test_what_is_hidden_while_something_loads_can_be_imported_after_it() -> None:
    with hidden("this"), pytest.raises(ModuleNotFoundError):
        importlib.import_module("this")

    assert "this" not in sys.modules


def test_what_is_loaded_already_is_not_taken_away() -> None:
    with hidden("gc"):
        meanwhile = sys.modules["gc"]

    assert (meanwhile, sys.modules["gc"]) == (gc, gc)


def test_a_start_on_the_present_tables_loads_nothing_to_make_tables_and_nothing_to_draw(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/andon.db"
    migrate.upgrade(url)
    program = (
        "import asyncio, sys\nfrom bot.__main__ import main\nmain.get_command(None, 'serve')\nimport bot.wiring\n"
        "from bot.store.store import Store\n"
        "async def start():\n"
        f"    store = await Store.open({url!r})\n    await store.resume()\n    await store.close()\n"
        "asyncio.run(start())\nprint(sorted({'alembic', 'mako', 'rich', 'pygments'} & set(sys.modules)))\n"
    )

    told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)

    assert told.stdout == "[]\n", told.stderr
