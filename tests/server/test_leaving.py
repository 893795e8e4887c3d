"""Who looks after those who have left goes on, whatever goes wrong on one look."""

import asyncio

from convlens.ui import leaving
from convlens.ui.leaving import Farewell
from tests.visitor import play


def test_a_fault_on_one_look_does_not_end_the_others(monkeypatch, caplog):
    looks: list[str] = []

    def look() -> int:
        looks.append("sessions")
        raise RuntimeError("dictionary changed size during iteration")

    async def drop_orders() -> None:
        looks.append("orders")

    monkeypatch.setattr(leaving, "EVERY", 0.001)
    monkeypatch.setattr(leaving, "_drop_orders", drop_orders)
    watcher = Farewell.__new__(Farewell)
    watcher.look = look

    async def visit() -> None:
        watching = asyncio.create_task(watcher.watch())
        while len(looks) < 6:
            await asyncio.sleep(0.001)
        watching.cancel()

    play(asyncio.wait_for(visit(), 60))
    assert looks[:6] == ["sessions", "orders"] * 3
    assert "What visitors leave behind could not be looked through." in caplog.text
